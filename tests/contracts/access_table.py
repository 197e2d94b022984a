"""Who may enter each endpoint: ``anyone``, ``member``, or the permission that is needed."""

TABLE: dict[str, str] = {
    "static": "anyone",
    "media.picture": "member",
    "openapi.openapi": "anyone",
    "api_readers.docs": "anyone",
    "api_readers.redoc": "anyone",
}
