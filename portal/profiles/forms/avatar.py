"""Form fields to upload a photo and to choose the square part of it to show, with or without JavaScript."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from portal.files.cropping import MIN_SIDE, CropArea, InvalidCropArea, LargestSquare, Square
from portal.files.images import ACCEPTED
from portal.files.services import INVALID_CROP_AREA
from portal.web.forms.base import PortalForm
from portal.web.forms.fields import UploadField

MIDDLE = "middle"
EDGES: dict[str, LargestSquare] = {"start": LargestSquare(0), "end": LargestSquare(1)}


def square_choices() -> list[SelectChoice]:
    """Return the choices for the part of a photo to show: its middle, its top or left end, its bottom or right end."""
    return [
        SelectChoice(MIDDLE, gettext("Middle")),
        SelectChoice("start", gettext("Top or left end")),
        SelectChoice("end", gettext("Bottom or right end")),
    ]


class AvatarForm(PortalForm):
    """A form with a photo; its page uses ``components/cropper.html``.

    ``crop_left``, ``crop_top`` and ``crop_size`` come from the cropper, as fractions (see ``Square``). Without scripts
    ``square`` says which part to show; the middle needs no cropping, because every picture shows its middle.
    """

    least_side = MIN_SIDE

    avatar = UploadField(
        _("Photo"), again=_("Choose the photo again; it was not saved."), render_kw={"accept": ACCEPTED}
    )
    remove_avatar = BooleanField(_("Remove photo"))
    square = RadioField(_("Part to show"), choices=square_choices, default=MIDDLE)
    crop_left = HiddenField()
    crop_top = HiddenField()
    crop_size = HiddenField()

    def validate_avatar(self, field: Field) -> None:
        """Raise ``ValidationError`` if the cropper's values are not three fractions; called by WTForms.

        Whether the part lies inside the photo is checked later, when the photo is cropped.
        """
        try:
            self.crop_area()
        except InvalidCropArea:
            raise ValidationError(INVALID_CROP_AREA) from None

    def ask_for_files_again(self) -> None:
        """Add to the photo's field the error that the photo, or the part chosen with the cropper, must be chosen again.

        A page with errors is shown anew, and browsers keep neither.
        """
        super().ask_for_files_again()
        if self.crop_size.data and not self.avatar.errors:
            self.avatar.errors = (gettext("Choose again which part to show; your choice was not saved."),)

    def crop_area(self) -> CropArea | None:
        """Return the part of the photo to show: that of the cropper, else the end of the photo chosen by name.

        It is ``None`` for the middle, which needs no cropping. Raise ``InvalidCropArea`` if the cropper's values are
        not three fractions.
        """
        crop = [field.data or "" for field in (self.crop_left, self.crop_top, self.crop_size)]
        return Square.read(*crop) if any(crop) else EDGES.get(self.square.data)

    def avatar_changes(self) -> dict[str, Any]:
        """Return the entries of ``ProfileChanges`` about the photo: ``avatar``, ``avatar_area``, both or none.

        ``avatar`` is ``None`` if the photo is to be removed, and the bytes of a newly uploaded photo, which overrides
        that. Raise ``InvalidCropArea`` as ``crop_area`` does.
        """
        if self.remove_avatar.data and not self.avatar.data:
            return {"avatar": None}
        photo = {"avatar": self.avatar.data.read()} if self.avatar.data else {}
        area = self.crop_area()
        return {**photo, "avatar_area": area} if area else photo
