"""The floors: the endpoints under measurement, each written by hand as the shortest view that gives the same answer.

A floor checks the token by a remembered signature, reads sign-in and page in one statement of psycopg with the same
visibility, and writes the same bytes by orjson. It knows the first page in English only, and no error but 401. It is
served by ``bench.floor_server`` under the settings of our gunicorn, and is no example: nothing in it can be reused.
"""

from __future__ import annotations

import base64
import hmac
import os
import threading
import uuid
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import jwt
import orjson
import psycopg
from flask import Flask, Response, abort, request

from portal.accounts.names import words
from portal.core.money import json_number
from portal.core.text import latinise
from portal.directory.nicknames import other_forms

ME = """
WITH me AS MATERIALIZED (
  SELECT a.id, o.may, CASE WHEN a.role = 'alumni' THEN p.class_year END AS class_year,
         CASE WHEN a.role = 'alumni' OR 'people:read_all' = ANY (o.may) THEN '{public,members,alumni}'::varchar[]
              ELSE '{public,members}'::varchar[] END AS audiences
  FROM sessions s JOIN accounts a ON a.id = s.account_id LEFT JOIN profiles p ON p.account_id = a.id
  CROSS JOIN LATERAL (
    SELECT ARRAY (SELECT g.permission FROM permission_memberships m JOIN permission_grants g USING (group_id)
                  WHERE m.account_id = a.id) AS may) o
  WHERE s.id = %(session)s AND s.door = 'api' AND s.ended_at IS NULL AND s.expires_at > now()
    AND a.verified_at IS NOT NULL AND (a.banned_at IS NULL OR a.banned_until <= now()))
"""
ACTIVE = "a.verified_at IS NOT NULL AND (a.banned_at IS NULL OR a.banned_until <= now())"
LISTED = f"{ACTIVE} AND a.role <> 'staff'"


def shared(table: str, audience: str) -> str:
    """Return the SQL condition that people of the audience in a row of ``table`` share with the caller."""
    same_year = f"{table}.{audience} = 'same_year' AND {table}.class_year = me.class_year"
    return f"({table}.{audience} = ANY (me.audiences) OR {same_year})"


def seen(audience: str) -> str:
    """Return the SQL condition that a field with this audience column is shown to the caller."""
    return f"(p.account_id = me.id OR {shared('p', audience)})"


PERSON = f"""
a.id, a.first_name, a.last_name, CASE WHEN {seen("year_audience")} THEN p.graduation_year::text END AS year,
CASE WHEN a.role = 'alumni' THEN 'alumni' ELSE 'alumni_friend' END AS role, c.country || ', ' || c.name AS location,
CASE WHEN {seen("biography_audience")} THEN p.biography END AS biography,
p.city_audience <> 'me' AND {seen("city_audience")} AS shows_city,
CASE WHEN {seen("telegram_audience")} THEN p.telegram_alias END AS telegram,
EXISTS (SELECT FROM follows f WHERE f.follower_id = me.id AND f.followed_id = a.id) AND {LISTED} AS is_following
"""
PERSON_FROM = f"""
FROM me CROSS JOIN accounts a LEFT JOIN profiles p ON p.account_id = a.id
LEFT JOIN cities c ON c.id = p.city_id AND {seen("city_audience")}
"""
EVENTS = f"""{ME}, page AS (
  SELECT e.id, e.owner_id, e.title, e.description, e.starts_local, e.cost, e.currency, e.is_online, e.starts_at,
         CASE WHEN c.id IS NULL THEN e.place ELSE c.country || ', ' || c.name END AS location
  FROM events e LEFT JOIN cities c ON c.id = e.city_id
  WHERE e.approval = 'approved' AND e.cancelled_at IS NULL ORDER BY e.starts_at DESC, e.id LIMIT %(limit)s + 1)
SELECT page.*, (
  SELECT string_agg(CASE WHEN 'events:moderate' = ANY (me.may) OR me.id IN (x.account_id, page.owner_id)
                              OR x.account_id = page.owner_id OR ({ACTIVE} AND {seen("events_audience")})
                         THEN '' ELSE '-' END || x.account_id, ','
                    ORDER BY x.account_id = page.owner_id DESC, x.joined_at, x.account_id)
  FROM participations x JOIN accounts a ON a.id = x.account_id LEFT JOIN profiles p ON p.account_id = a.id
  WHERE x.event_id = page.id AND x.state = 'going')
FROM me LEFT JOIN page ON true ORDER BY page.starts_at DESC, page.id
"""
PEOPLE = f"""{ME}, page AS (
  SELECT {PERSON} {PERSON_FROM} WHERE {LISTED} ORDER BY a.id LIMIT %(limit)s + 1)
SELECT page.* FROM me LEFT JOIN page ON true ORDER BY page.id
"""
SEARCH = f"""{ME}, found AS (
  SELECT a.id, a.sort_name, CASE WHEN a.search LIKE %(word)s THEN 0 WHEN a.search LIKE %(prefix)s THEN 1 ELSE 2 END AS d
  FROM accounts a WHERE {LISTED} AND (a.search LIKE %(prefix)s OR a.search LIKE ANY (%(forms)s))
  ORDER BY d, a.sort_name, a.id LIMIT %(limit)s + 1),
page AS (SELECT {PERSON}, found.d, found.sort_name {PERSON_FROM} JOIN found ON found.id = a.id)
SELECT page.* FROM me LEFT JOIN page ON true ORDER BY page.d, page.sort_name, page.id
"""
MAP = f"""{ME}, steps AS (
  SELECT n.city_id, n.people FROM me CROSS JOIN city_counters n WHERE {shared("n", "audience")}
  UNION ALL
  SELECT p.city_id, -1 FROM me CROSS JOIN accounts a JOIN profiles p ON p.account_id = a.id
  WHERE a.banned_at IS NOT NULL AND a.banned_until > now() AND a.verified_at IS NOT NULL AND a.role <> 'staff'
    AND {shared("p", "city_audience")}
  UNION ALL
  SELECT p.city_id, 1 FROM me JOIN accounts a ON a.id = me.id JOIN profiles p ON p.account_id = me.id
  WHERE {LISTED} AND {shared("p", "city_audience")} IS NOT TRUE),
counts AS (SELECT city_id, sum(people)::int AS people FROM steps GROUP BY city_id HAVING sum(people) > 0),
page AS (SELECT c.country, c.name, c.lat, c.lng, n.people, c.id FROM counts n JOIN cities c ON c.id = n.city_id)
SELECT page.* FROM me LEFT JOIN page ON true ORDER BY page.people DESC, page.id
"""
OWN = f"""{ME}
SELECT {PERSON}, i.digest,
  (SELECT count(*) FROM follows f JOIN accounts a ON a.id = f.follower_id WHERE f.followed_id = me.id AND {LISTED}),
  (SELECT count(*) FROM follows f JOIN accounts a ON a.id = f.followed_id WHERE f.follower_id = me.id AND {LISTED})
{PERSON_FROM} LEFT JOIN pictures i ON i.id = p.avatar_id WHERE a.id = me.id
"""
CITIES = f"""{ME}, page AS (
  SELECT c.country, c.name, c.lat, c.lng, c.id,
         CASE WHEN c.search LIKE %(shown)s OR c.search LIKE %(short)s THEN 100 WHEN c.search LIKE %(begin)s THEN 1
              WHEN c.search LIKE %(full)s THEN 0.8 WHEN c.search LIKE %(other)s THEN 0 ELSE -1 END
         + log(c.population + 1000) AS rank
  FROM cities c WHERE c.search LIKE %(other)s OR c.search LIKE %(later)s ORDER BY rank DESC, c.id LIMIT 10)
SELECT page.* FROM me LEFT JOIN page ON true ORDER BY page.rank DESC, page.id
"""

SECRET, DATABASE_URL = os.environ["SECRET_KEY"], os.environ["DATABASE_URL"]
MEDIA = Path(os.environ["MEDIA_URL"])
OPTIONS = "-c plan_cache_mode=force_generic_plan -c random_page_cost=1.1"
connections = threading.local()
app = Flask("floors")


def rows_of(statement: str, **values: object) -> list[tuple[Any, ...]]:
    """Return the rows of a statement that begins with ``ME``; without a valid sign-in there are none, which is 401."""
    if not hasattr(connections, "own"):
        connections.own = psycopg.connect(DATABASE_URL, autocommit=True, options=OPTIONS)
    session = session_of(request.headers["Authorization"].removeprefix("Bearer "))
    rows: list[tuple[Any, ...]] = connections.own.execute(statement, {"session": session, **values}).fetchall()
    if not rows:
        abort(401)
    return rows if rows[0][0] is not None else []


@lru_cache(maxsize=4096)
def session_of(token: str) -> str:
    """Return the id of the session that a token with a valid signature names."""
    claims = jwt.decode(token, SECRET, algorithms=["HS256"], issuer="alumni-portal")
    return str(claims["sub"])


def answer(value: object) -> Response:
    return Response(orjson.dumps(value), mimetype="application/json")


def digest(purpose: bytes, value: bytes) -> bytes:
    return hmac.digest(hmac.digest(SECRET.encode(), purpose, "sha256"), value, "sha256")


def envelope(items: list[dict[str, Any]], scope: str, last: Sequence[object] | None) -> Response:
    """Return a page with the cursor that follows the sort values ``last`` of its last item."""
    cursor = None
    if last:
        body = orjson.dumps(last)
        signature = digest(b"cursor", scope.encode() + b"\0" + body)[:12]
        cursor = base64.urlsafe_b64encode(signature + body).rstrip(b"=").decode()
    return answer({"items": items, "next_cursor": cursor, "has_more": last is not None})


@lru_cache(maxsize=65_536)
def stand_in(event: uuid.UUID, account: str) -> str:
    value = digest(b"participant", event.bytes + uuid.UUID(account).bytes)
    return str(uuid.UUID(bytes=value[:16], version=4))


def person(row: tuple[Any, ...]) -> dict[str, Any]:
    return {
        "id": row[0],
        "first_name": row[1],
        "last_name": row[2] or "–",
        "graduation_year": row[3],
        "role": row[4],
        "location": row[5],
        "biography": row[6],
        "show_location": bool(row[7]),
        "telegram_alias": row[8],
        "is_telegram_verified": False,
        "is_following": row[9],
    }


@app.get("/hello")
def hello() -> str:
    return "Hello, World!"


@app.get("/api/v1/events/")
def events() -> Response:
    limit = int(request.args.get("limit", 20))
    rows = rows_of(EVENTS, limit=limit)
    items = [
        {
            "id": event,
            "owner_id": owner,
            "participants_ids": [
                stand_in(event, one[1:]) if one[0] == "-" else one for one in (people or "").split(",") if one
            ],
            "title": title,
            "description": description,
            "location": location,
            "datetime": starts,
            "cost": json_number(cost, currency),
            "is_online": is_online,
            "approved": True,
        }
        for event, owner, title, description, starts, cost, currency, is_online, _at, location, people in rows[:limit]
    ]
    last = (rows[limit - 1][8], rows[limit - 1][0]) if len(rows) > limit else None
    return envelope(items, "legacy events None", last)


@app.get("/api/v1/profile/all")
def people() -> Response:
    limit, text = int(request.args.get("limit", 20)), request.args.get("search", "")
    if text:
        return search(text, limit)
    rows = rows_of(PEOPLE, limit=limit)
    last = (rows[limit - 1][0],) if len(rows) > limit else None
    return envelope([person(row) for row in rows[:limit]], "directory all ", last)


def search(text: str, limit: int) -> Response:
    """Answer a search for one word without a typing error."""
    [word] = words(text)
    forms = [f"%|{form}|%" for form in other_forms(word)]
    rows = rows_of(SEARCH, limit=limit, word=f"%|{word}|%", prefix=f"%|{word}%", forms=forms)
    last = (*rows[limit - 1][10:], rows[limit - 1][0]) if len(rows) > limit else None
    return envelope([person(row) for row in rows[:limit]], f"directory all {text}", last)


@app.get("/api/v1/profile/map")
def people_by_city() -> Response:
    rows = rows_of(MAP)
    places = [{"country": row[0], "city": row[1], "lat": row[2], "lng": row[3], "count": row[4]} for row in rows]
    return answer({"locations": places})


@app.get("/api/v1/profile/me")
def own_profile() -> Response:
    [row] = rows_of(OWN)
    avatar = picture(row[10]) if row[10] else None
    return answer({**person(row), "avatar": avatar, "followers_count": row[11], "following_count": row[12]})


@lru_cache(maxsize=256)
def picture(name: str) -> str:
    return base64.b64encode((MEDIA / name[:2] / name[2:4] / name).read_bytes()).decode()


@app.get("/api/v1/cities/search")
def cities() -> Response:
    """Answer a search for the beginning of a name, at least three letters, without a country."""
    text = latinise(request.args["q"])
    patterns = {"shown": f"%||{text}|%", "short": f"%|!{text}|%", "begin": f"%||{text}%", "full": f"%|{text}|%"}
    rows = rows_of(CITIES, **patterns, other=f"%|{text}%", later=f"% {text}%")
    return answer({"cities": [{"country": row[0], "city": row[1], "lat": row[2], "lng": row[3]} for row in rows]})
