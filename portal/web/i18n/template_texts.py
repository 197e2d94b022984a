"""Translated texts in templates, each looked up and made HTML once per language.

They are what Jinja's own functions return: HTML where the template escapes, else plain text, with placeholders
replaced by escaped values.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from portal.web.i18n.selection import catalogue, language

TEXTS_MAX = 8192
"""How many texts are remembered: more than there are in both languages."""


def init_app(app: Flask) -> None:
    """Give the functions to all templates, in place of those that Flask-Babel has installed."""
    functions = {function.__name__: function for function in (gettext, ngettext, pgettext, npgettext)}
    app.jinja_env.globals.update(functions, _=gettext)


@pass_eval_context
def gettext(context: EvalContext, text: str, /, **values: Any) -> str:
    """Return ``text`` in the language of the request, with the ``values`` of its placeholders."""
    if values:
        return _pattern(language(), context.autoescape, text) % values
    return _text(language(), context.autoescape, text)


@pass_eval_context
def ngettext(context: EvalContext, one: str, many: str, number: int, /, **values: Any) -> str:
    """Return the plural form for ``number``, which is the placeholder ``num``, too."""
    pattern = _plural(language(), context.autoescape, one, many, number)
    return pattern % {"num": number, **values}


@pass_eval_context
def pgettext(context: EvalContext, meaning: str, text: str, /, **values: Any) -> str:
    """Return what ``text`` is in the context ``meaning``, which is the placeholder ``context``, too."""
    return _pattern(language(), context.autoescape, text, meaning) % {"context": meaning, **values}


@pass_eval_context
def npgettext(context: EvalContext, meaning: str, one: str, many: str, number: int, /, **values: Any) -> str:
    """Return the plural form for ``number`` of what ``one`` and ``many`` are in the context ``meaning``."""
    pattern = _plural(language(), context.autoescape, one, many, number, meaning)
    return pattern % {"context": meaning, "num": number, **values}


@lru_cache(TEXTS_MAX)
def _text(spoken: str, escapes: bool, text: str) -> str:
    return _pattern(spoken, escapes, text) % {}  # "%%" stands for one


@lru_cache(TEXTS_MAX)
def _pattern(_spoken: str, escapes: bool, text: str, meaning: str | None = None) -> str:
    """Return a text of the language of the request, which is ``_spoken``, with its placeholders."""
    found = catalogue().ugettext(text) if meaning is None else catalogue().upgettext(meaning, text)
    return Markup(found) if escapes else found  # noqa: S704 - the texts are our own


@lru_cache(TEXTS_MAX)
def _plural(_spoken: str, escapes: bool, one: str, many: str, number: int, meaning: str | None = None) -> str:
    if meaning is None:
        found = catalogue().ungettext(one, many, number)
    else:
        found = catalogue().unpgettext(meaning, one, many, number)
    return Markup(found) if escapes else found  # noqa: S704 - the texts are our own
