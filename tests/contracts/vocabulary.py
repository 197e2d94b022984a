"""The words that this project does not use, what it says instead, and where a word is allowed after all.

Read it as documentation: on the left the words, on the right the standard term. Words of ``NAMES`` are refused as a
part of a name that our code defines (``send_letter`` holds ``letter``), ``PHRASES`` in docstrings, documents and
comments (of templates, scripts and styles too), words of ``EVERYWHERE`` in both. Code within backquotes is neither.
"""

from __future__ import annotations

EVERYWHERE: dict[str, str] = {
    "room rooms": "feature, package",
    "house houses": "portal, application",
    "door doors": "channel, entry point",
    "knob knobs": "setting",
    "proof proofs proven unproven": "re-authentication, recent authentication; confirmed",
    "verdict verdicts": "result",
    "hygiene": "metadata check",
    "cleaning": "normalisation",
    "gathering gatherings": "event",
    "surroundings": "context",
    "likeness": "similarity",
    "misfit": "distance",
    "nobodys": "unknown, decoy",
    "wording wordings": "label, text",
    "dice": "rng, random numbers",
}
"""Words that are wrong both in names and in text."""

NAMES: dict[str, str] = {
    "address addresses": "email, url, ip, query_args",
    "tell tells told telling": "notify, report",
    "announce announces announced": "publish",
    "tie ties untied": "relationship",
    "apart": "autocommit_connection",
    "wire": "serializer, legacy",
    "standing": "status",
    "prove proves proved": "re_authenticate, confirm",
    "look looks": "theme, view, inspect",
    "letter letters": "message",
    "wanted": "filter, expected",
    "begun": "started, pending",
    "prose": "text, rich_text",
    "facts": "events",
    "plot plots": "scenario",
    "closely": "staff_viewer",
    "gate gates": "requirements, access",
}
"""Words that are wrong as a part of a name."""

PHRASES: dict[str, str] = {
    r"(?<!\bIP\s)(?<!\bIPv[46]\s)(?<!\bemail\s)\baddress(es)?\b": "email, URL, IP address, query arguments",
    r"\bways out\b": "transports",
    r"\bon the wire\b": "in JSON",
    r"\bthe reader\b": "the viewer, the caller",
}
"""Patterns that are wrong in docstrings, comments and documents."""

SAME = "The same"
"""No docstring begins so: it must be complete without its neighbours."""

ALLOWED_NAMES: dict[str, str] = {
    "Address": "the name of a schema in OpenAPI",
    "AddressMessage": "the name of a schema in OpenAPI",
    "friends_any_address": "a field of a form, and the name of a setting",
    "change_address": "the name of an endpoint",
    "request_address": "the name of an endpoint and of an operation in OpenAPI",
    "confirm_address": "the name of an endpoint and of an operation in OpenAPI",
    "undo_address": "the name of an endpoint and of an operation in OpenAPI",
    "has_letter": "a letter of an alphabet",
    "prove": "the name of an endpoint and of an operation in OpenAPI",
    "AddressIn": "the name of a schema in OpenAPI",
    "ProofIn": "the name of a schema in OpenAPI",
    "request_proof_code": "the name of an endpoint and of an operation in OpenAPI",
    "portal/accounts/audit_actions.py": "actions are named like the stored texts that they stand for",
    "portal/api/shapes/session.py: door": "a field of JSON",
}
"""Names, names in one module or all names of a module that hold such a word and stay, each with its reason."""

ALLOWED_TEXTS: dict[str, str] = {}
"""Parts of texts that hold such a word and stay, each with its reason."""
