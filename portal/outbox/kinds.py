"""The kinds of message there are: each feature declares its own in ``messages.py``, and nothing else can be sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from portal.outbox.models import MessageChannel


@dataclass(frozen=True, slots=True)
class MessageKind:
    """What can be said, and where.

    ``name`` is ``<feature>.<kind>`` and leads to the templates ``<channel>/<feature>/<kind>/``. A ``secret`` kind
    carries a code or a link that must not outlive its use: its payload is wiped when the message has left or was
    given up. ``sample`` is a payload to render previews and tests with; it names every key the templates use.
    """

    name: str
    channels: tuple[str, ...] = (MessageChannel.MAIL.value,)
    secret: bool = False
    sample: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        feature, separator, kind = self.name.partition(".")
        if not (feature.isidentifier() and separator and kind.isidentifier()):
            raise ValueError(f"{self.name!r} is not <feature>.<kind>")
        for channel in self.channels:
            MessageChannel(channel)

    @property
    def folder(self) -> str:
        """Where its templates lie below the channel's folder."""
        return self.name.replace(".", "/")


_kinds: dict[str, MessageKind] = {}


def declare(kind: MessageKind) -> MessageKind:
    """Add ``kind`` to the registry; raises ``ValueError`` when another one has its name."""
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"{kind.name} is declared twice")
    return kind


def load_declarations(package: Path) -> None:
    """Import every ``<feature>/messages.py`` of ``package``, so that each process knows each kind from its start."""
    for module in sorted(package.glob("*/messages.py")):
        import_module(f"{package.name}.{module.parent.name}.messages")


def kind_named(name: str) -> MessageKind:
    """The declared kind; raises ``LookupError`` for a name that this version of the portal does not know."""
    if name not in _kinds:
        raise LookupError(f"unknown kind of message: {name}")
    return _kinds[name]


def is_secret(name: str) -> bool:
    """Whether the payload of this kind must not outlive its use; a kind that is unknown here may be such a one."""
    kind = _kinds.get(name)
    return kind is None or kind.secret


def every_kind() -> tuple[MessageKind, ...]:
    """All declared kinds by name."""
    return tuple(_kinds[name] for name in sorted(_kinds))
