"""Responses whose duration says nothing: they wait until the end of a step of time, so that small differences vanish.

Requests for codes and links do the same work for known and unknown emails, but for what the database does on its own,
such as checking a foreign key. That is 0.2 to 0.4 ms, which many requests would show.
"""

from __future__ import annotations

from time import perf_counter, sleep

from flask import Response, after_this_request

STEP = 0.025
"""In seconds; longer than such a request takes as a rule."""


def hide_duration() -> None:
    """Have the response to this request wait, after the commit, until a whole number of steps has passed.

    Call it first in a view: the time counts from there.
    """
    began = perf_counter()

    def wait(response: Response) -> Response:
        sleep(rest_of_step(perf_counter() - began))
        return response

    after_this_request(wait)


def rest_of_step(spent: float) -> float:
    """Return the seconds from ``spent`` seconds to the next whole number of steps.

    >>> round(rest_of_step(0.01), 3), round(rest_of_step(0.03), 3)
    (0.015, 0.02)
    """
    return STEP - spent % STEP
