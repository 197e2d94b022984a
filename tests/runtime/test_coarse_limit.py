"""The coarse limit: bursts of honest bearers are exempt, bearers that are refused all the time are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from portal.application import PortalFlask
from portal.extensions import RefusedBearers, is_bearer_read, refused_bearers
from tests.support import databases, server
from tests.support.clients import Api
from tests.support.plain_http import PLAIN_HTTP

LIMIT = 1200


@pytest.fixture
def counting() -> Iterator[RefusedBearers]:
    refused_bearers.counts.clear()
    yield refused_bearers
    refused_bearers.counts.clear()


def is_exempt(app: PortalFlask, ip: str) -> bool:
    headers = {"Authorization": "Bearer x"}
    with app.test_request_context("/api/v1/profile/me", headers=headers, environ_base={"REMOTE_ADDR": ip}):
        return is_bearer_read()


@pytest.mark.parametrize("authorization", ["Bearer rubbish", "Basic eDp5", "Bearer", "x" * 4000])
def test_many_refused_bearers_end_the_exemption_of_their_ip(
    tx: PortalFlask, api: Api, counting: RefusedBearers, authorization: str
) -> None:
    for _number in range(RefusedBearers.LIMIT):
        api.get("/api/v1/profile/me", headers={"Authorization": authorization}, status=401)
    assert is_exempt(tx, "127.0.0.1")
    api.get("/api/v1/profile/me", headers={"Authorization": authorization}, status=401)
    assert not is_exempt(tx, "127.0.0.1")
    assert is_exempt(tx, "127.0.0.2")


def test_the_exemption_comes_back(tx: PortalFlask, counting: RefusedBearers) -> None:
    for _number in range(RefusedBearers.LIMIT + 1):
        counting.add("127.0.0.1")
    counting.minute -= 1
    assert is_exempt(tx, "127.0.0.1")


@pytest.mark.process
def test_rubbish_does_not_pass_the_coarse_limit() -> None:
    with (
        databases.cloned("portal_coarse", databases.migrated()) as name,
        server.serving(name, ENVIRONMENT="DEV") as url,
        ThreadPoolExecutor(8) as pool,
        httpx.Client(**PLAIN_HTTP) as http,
    ):

        def ask(_number: int) -> int:
            headers = {"Authorization": "Bearer rubbish"}
            return http.get(f"{url}/api/v1/profile/me", headers=headers).status_code

        answers = Counter(pool.map(ask, range(LIMIT + RefusedBearers.LIMIT + 200)))
    assert answers[429] > 0, answers
