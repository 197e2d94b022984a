"""Who may enter each endpoint: ``anyone``, ``member``, or the permission that is needed."""

TABLE: dict[str, str] = {
    "static": "anyone",
    "media.picture": "member",
    "openapi.openapi": "anyone",
    "api_readers.docs": "anyone",
    "api_readers.redoc": "anyone",
    "home.landing": "anyone",
    "home.index": "member",
    "home.map": "member",
    "home.city": "member",
    "home.map_data": "member",
    "home.public_cells": "anyone",
    "home.labels": "anyone",
    "health.live": "anyone",
    "health.ready": "anyone",
    "health.plain": "anyone",
    "health.show_metrics": "anyone",
}
