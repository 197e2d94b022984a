"""Logging of the portal's processes: lines of text, or one JSON object per line."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from flask import g, has_app_context

EMAIL = re.compile(r"[^\s<>\"'()\[\],;:=]+@[^\s<>\"'()\[\],;:=]+\.\w+")
"""What looks like an email. Answers of mail servers quote it, and logs say nothing about a person."""


def without_emails(text: str) -> str:
    """Return ``text`` with ``(email)`` in place of each email."""
    return EMAIL.sub("(email)", text) if "@" in text else text


class TextFormatter(logging.Formatter):
    """A formatter that writes lines of text."""

    def format(self, record: logging.LogRecord) -> str:
        return without_emails(super().format(record))


class JsonFormatter(logging.Formatter):
    """A formatter that writes one JSON object per line, with the request id where there is a request."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        if has_app_context() and "request_id" in g:
            line["request_id"] = g.request_id
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return without_emails(json.dumps(line, ensure_ascii=False))


def configuration(level: str, form: str) -> dict[str, Any]:
    """Return the argument of ``logging.config.dictConfig`` that logs to standard error from ``level`` on.

    ``form`` is ``json`` for one JSON object per line, or ``text``.
    """
    formatters = {
        "text": {"()": f"{__name__}.TextFormatter", "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        "json": {"()": f"{__name__}.JsonFormatter"},
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": formatters,
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": form}},
        "root": {"level": level, "handlers": ["stderr"]},
        "loggers": {
            "gunicorn.error": {"level": library_level(level), "handlers": [], "propagate": True},
            "alembic.runtime": {"level": library_level(level)},
            "flask-limiter": {"level": library_level(level)},
        },
    }


def library_level(level: str) -> str:
    """Return the log level of verbose libraries for that of the portal: ``WARNING`` for ``INFO``, else ``level``.

    So their INFO lines are logged only at ``DEBUG``.
    """
    return "WARNING" if level == "INFO" else level
