"""CPU of a bearer GET, of application and database together, against the shortest view written by hand.

Both answer the same bytes after the same checks (signature, sign-in, account, permissions) and the same two reads.
They run in this process, in alternating batches; the database's share is that of its backend processes.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
import orjson
from flask import Flask, Response, request
from psycopg_pool import ConnectionPool
from werkzeug.test import EnvironBuilder

from bench.server import INSTANCE, Server
from config import Settings
from portal import create_app

PATH = "/api/v1/admin/settings/events"
ROUNDS = 15
CALLS = 300
ACTOR = """
SELECT a.id, a.role, a.first_name, a.last_name, a.email, a.locale, a.theme, a.time_zone, s.last_used_at,
       (SELECT array_agg(g.permission) FROM permission_grants g JOIN permission_memberships m USING (group_id)
        WHERE m.account_id = a.id)
FROM sessions s JOIN accounts a ON a.id = s.account_id
WHERE s.id = %s AND s.door = 'api' AND s.ended_at IS NULL AND s.expires_at > now() AND a.verified_at IS NOT NULL
  AND (a.banned_at IS NULL OR a.banned_until <= now())
"""


@dataclass(frozen=True)
class Result:
    ratio: float
    lines: list[str]


def measure(server: Server) -> Result:
    url = server.database_url
    os.environ["INSTANCE_DIR"] = str(INSTANCE)
    ours = create_app(Settings(database_url=url, scheduler=False))
    hand = by_hand(ours.config["SECRET_KEY"], url)
    token = server.access_token("adam@demo.example")
    sides: dict[str, Callable[..., Iterable[bytes]]] = {"ours": ours.wsgi_app, "by hand": hand.wsgi_app}
    spent: dict[str, list[float]] = {"ours": [], "by hand": []}
    assert call(sides["ours"], token) == call(sides["by hand"], token)
    for side in sides.values():
        batch(side, token)
    for _round in range(ROUNDS):
        for name, side in sides.items():
            spent[name].append(batch(side, token))
    medians = {name: statistics.median(times) for name, times in spent.items()}
    lines = [f"{name}: {median * 1e6:.0f} µs of CPU a request" for name, median in medians.items()]
    return Result(medians["ours"] / medians["by hand"], lines)


def by_hand(secret: str, url: str) -> Flask:
    """Return the shortest Flask application that answers this request after the same checks."""
    app = Flask("by hand")
    pool = ConnectionPool(url.replace("+psycopg", ""), min_size=1, max_size=1, kwargs={"autocommit": True}, open=True)

    @app.get(PATH)
    def settings() -> Response:
        bearer = request.headers["Authorization"].removeprefix("Bearer ")
        claims = jwt.decode(bearer, secret, algorithms=["HS256"], issuer="alumni-portal")
        with pool.connection() as connection:
            row = connection.execute(ACTOR, [claims["sub"]]).fetchone()
            stored: dict[str, object] = dict(connection.execute("SELECT key, value FROM settings").fetchall())
        if row is None or "settings:change" not in row[-1]:
            return Response(status=403)
        return Response(
            orjson.dumps({"auto_approve": stored.get("events.auto_approve", False)}), mimetype="application/json"
        )

    return app


def batch(side: Callable[..., Iterable[bytes]], token: str) -> float:
    """Return the seconds of CPU per call, of this process and of the database."""
    before = time.process_time() + database_seconds()
    for _call in range(CALLS):
        call(side, token)
    return (time.process_time() + database_seconds() - before) / CALLS


def call(side: Callable[..., Any], token: str) -> bytes:
    status: list[str] = []
    environ = EnvironBuilder(PATH, headers=[("Authorization", f"Bearer {token}")]).get_environ()
    answer = side(environ, lambda line, _headers, _error=None: status.append(line))
    body = b"".join(answer)
    answer.close()
    assert status[0].startswith("200"), status
    return body


def database_seconds() -> float:
    """Return the CPU seconds of all PostgreSQL backends on this machine that serve this process's connections."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        if "(postgres)" in text:
            fields = text.rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / ticks
