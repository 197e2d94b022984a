"""Paths of the review pages that lower features link to."""

from __future__ import annotations


def review_path() -> str:
    """Return the path of the page on which the office reviews events."""
    return "/admin/events"
