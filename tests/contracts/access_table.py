"""Who may enter each endpoint: ``anyone``, ``member``, or the permission that is needed."""

TABLE: dict[str, str] = {
    "static": "anyone",
}
