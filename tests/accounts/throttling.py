"""What tests of limits use: callers of other networks, and limits that are nearly used up."""

from __future__ import annotations

from typing import Any

from portal.core.clock import now
from portal.core.security.throttle import Limit, ThrottleCell
from tests.factories import save
from tests.support.clients import Api


def from_network(number: int) -> dict[str, Any]:
    """Return the options of a request from a network of this number, from 0 to 65,535."""
    return {"environ_overrides": {"REMOTE_ADDR": f"10.{number // 256}.{number % 256}.7"}}


def network_of(number: int) -> str:
    """Return the name under which limits count the callers of ``from_network(number)``."""
    return f"10.{number // 256}.{number % 256}.0/24"


def use_up(limit: Limit, subject: str, *, but: int = 0) -> None:
    """Use a limit up for a subject, but for some attempts."""
    save(ThrottleCell(key=limit.key(subject), arrival_at=now() + limit.per - but * limit.step))


def post_from(api: Api, number: int, path: str, body: dict[str, Any], status: int = 200) -> Any:
    return api.post(f"/api/v1/auth/{path}", json=body, status=status, **from_network(number))
