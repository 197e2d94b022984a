"""Every limit and delay of the portal with two subjects at once: what one does changes nothing for the other."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import portal
from portal.application import PortalFlask
from portal.core.security import throttle
from portal.core.security.throttle import Delay, Limit
from portal.features import FEATURES
from tests.accounts.throttling import use_up

TRIED_AT_MOST = 12


def found(kind: type[Any]) -> dict[str, Any]:
    """Return the limits, or delays, that the modules of the portal define, by name."""
    return {value.name: value for module in modules() for value in values_of(module) if isinstance(value, kind)}


def modules() -> Iterator[Any]:
    for module in pkgutil.walk_packages(portal.__path__, "portal."):
        if not module.name.endswith("__main__") and not is_removed(module.name.split(".")[1]):
            yield importlib.import_module(module.name)


def is_removed(package: str) -> bool:
    """Return whether a package is a feature that this portal does without."""
    return (Path(portal.__path__[0]) / package / "feature.py").exists() and package not in FEATURES


def values_of(module: Any) -> Iterator[Any]:
    for value in vars(module).values():
        yield from value.values() if isinstance(value, dict) else [value]


LIMITS, DELAYS = found(Limit), found(Delay)


def test_the_limits_of_the_portal_are_found() -> None:
    assert {"codes.sent", "codes.guesses", "codes.guesses_in_all_long", "signin.network", "register.network"} <= set(
        LIMITS
    )
    assert {"signin.account", "signin.known"} <= set(DELAYS)


@pytest.mark.parametrize("name", LIMITS)
def test_one_subject_uses_up_and_gets_back_its_own_budget_only(app: PortalFlask, clock: Any, name: str) -> None:
    limit = LIMITS[name]
    use_up(limit, "anna")
    use_up(limit, "ivan", but=min(2, limit.times))
    with app.app_context():
        wait = throttle.seconds_left(limit, "anna")
        assert abs(wait - limit.step.total_seconds()) <= 1
        assert (throttle.consume(limit, "anna"), throttle.seconds_left(limit, "ivan")) == (wait, 0)
        assert throttle.consume(limit, "ivan") == 0
        throttle.refund(limit, "anna")
        assert throttle.consume(limit, "anna") == 0
        if limit.times > 1:
            assert throttle.consume(limit, "ivan") == 0
        assert throttle.consume(limit, "ivan") > 0
        assert throttle.consume(limit, "eve") == 0


@pytest.mark.parametrize("name", DELAYS)
def test_success_of_one_subject_clears_the_failures_of_that_one_only(app: PortalFlask, clock: Any, name: str) -> None:
    delay = DELAYS[name]
    assert delay.free + 1 <= TRIED_AT_MOST
    with app.app_context():
        for subject in ("anna", "ivan"):
            assert [throttle.count_failure(delay, subject) for _try in range(delay.free + 1)] == [0] * (delay.free + 1)
        clock.move(seconds=delay.first.total_seconds())
        assert throttle.count_failure(delay, "ivan") == 0
        waits = {subject: throttle.count_failure(delay, subject) for subject in ("ivan", "eve")}
        assert waits == {"ivan": 2 * delay.first.total_seconds(), "eve": 0}
        throttle.reset_failures(delay, "anna")
        assert throttle.count_failure(delay, "anna") == 0
        assert throttle.count_failure(delay, "ivan") == waits["ivan"]


def test_of_several_limits_none_is_charged_when_one_is_used_up(app: PortalFlask, clock: Any) -> None:
    first, second, third = (Limit(f"sample.{place}", 1, LIMITS["codes.sent"].per) for place in range(3))
    charges = [(first, "anna"), (second, "anna"), (third, "anna")]
    use_up(second, "anna")
    with app.app_context():
        assert throttle.consume_all(charges) == throttle.seconds_left(second, "anna") > 0
        assert [throttle.seconds_left(limit, "anna") > 0 for limit in (first, second, third)] == [False, True, False]
        throttle.refund(second, "anna")
        assert throttle.consume_all(charges) == 0
        throttle.refund_all(charges)
        assert throttle.consume_all(charges) == 0
        assert throttle.consume_all([(first, "ivan"), (third, "ivan")]) == 0
