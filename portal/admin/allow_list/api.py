"""The JSON endpoint of the allow list."""

from __future__ import annotations

from flask import request

from portal.admin.allow_list import services
from portal.admin.allow_list.schemas import Uploaded
from portal.admin.allow_list.spreadsheets import uploaded_file
from portal.admin.blueprints import admin_api
from portal.api.endpoint import endpoint
from portal.core.access import current_actor, holds
from portal.permissions.catalogue import Permission


@admin_api.post("/admin/upload-allowed-emails")
@endpoint(holds(Permission.ALLOW_LIST_IMPORT), answers={200: Uploaded}, upload=True)
def upload_allowed_emails() -> Uploaded:
    """Add the emails of an .xlsx or .csv file (part `file`) to the allow list; those that are on it stay.

    The column with the emails is found by its content, in every visible sheet. The message says how many were added and
    how many rows, cells and sheets were left out. Status 400 if the file is missing, has another type, cannot be read,
    has too many rows or has no emails.
    """
    imported = services.import_file(current_actor(), *uploaded_file(request.files.get("file")))
    return Uploaded(success=True, message=imported.summary)
