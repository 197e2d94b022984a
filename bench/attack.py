"""``python -m bench.attack [http://127.0.0.1:8000]``: try known attacks, and print what was refused.

Speaks to a running portal with demo data on this machine and to no other. A few hundred requests, then it stops by
itself. Exit status 1 when anything got through.
"""

from __future__ import annotations

import base64
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

import httpx
import jwt

PASSWORD = "welcome-to-demo"
MEMBER, STRANGER, UNKNOWN = "alina@demo.example", "bob@demo.example", "nobody.at.all@demo.example"
AUTH = "/api/v1/auth"
GUESSES = 30


@dataclass(frozen=True)
class Attempt:
    """One attack: what it was, whether it was refused, and what the portal said."""

    name: str
    refused: bool
    seen: str

    def __str__(self) -> str:
        return f"{'refused' if self.refused else 'GOT IN':8} {self.name}: {self.seen}"


class Attacker:
    """A client without permissions that knows the password of one demo account."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=30)

    def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        return self.http.post(path, json=body, headers=headers)

    def status_with(self, token: str) -> int:
        """Return the status of a request for the own profile with a token."""
        return self.http.get("/api/v1/profile/me", headers={"Authorization": f"Bearer {token}"}).status_code

    def own_token(self) -> str:
        answer = self.post(f"{AUTH}/login", {"email": MEMBER, "password": PASSWORD, "refresh": True})
        return str(answer.json()["access_token"])


def spread(answers: list[httpx.Response]) -> str:
    return ", ".join(f"{count} × {status}" for status, count in sorted(Counter(a.status_code for a in answers).items()))


def guessed_passwords(attacker: Attacker) -> Iterator[Attempt]:
    """Guess passwords from several threads, with forged headers of proxies."""
    victim = {"email": f"victim.{time.time_ns()}@demo.example", "password": "wrong password"}

    def guess(number: int) -> httpx.Response:
        forged = {"X-Forwarded-For": f"203.0.113.{number}", "X-Real-IP": f"198.51.100.{number}"}
        return attacker.post(f"{AUTH}/login", victim, **forged)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(GUESSES)))
    checked = sum(answer.status_code == 401 for answer in answers)
    waits = [int(answer.headers["Retry-After"]) for answer in answers if answer.status_code == 429]
    seen = f"{spread(answers)}; wait {min(waits, default=0)} to {max(waits, default=0)} s"
    yield Attempt(f"{GUESSES} passwords from 8 clients with forged IP addresses", checked <= 11 and bool(waits), seen)


def guessed_codes(attacker: Attacker) -> Iterator[Attempt]:
    for kind, email in (("a member's", STRANGER), ("an unknown email's", UNKNOWN)):
        asked = attacker.post(f"{AUTH}/login/otp/request", {"email": email})
        if asked.status_code == 429:
            yield Attempt(f"{kind} mailed code", True, "asked for a minute ago already")
            continue
        bodies = [{"session_token": asked.json()["session_token"], "code": "no-code"}] * 20
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(partial(attacker.post, f"{AUTH}/login/otp/verify"), bodies))
        checked = sum(answer.json()["code"] in {"wrong_code", "too_many_tries"} for answer in answers)
        again = attacker.post(f"{AUTH}/login/otp/request", {"email": email})
        seen = f"{checked} of 20 guesses checked; a repeated request: {again.status_code}"
        yield Attempt(f"{kind} mailed code", checked <= 5 and again.status_code == 200, seen)


def forged_tokens(attacker: Attacker) -> Iterator[Attempt]:
    own = attacker.own_token()
    claims = jwt.decode(own, options={"verify_signature": False})
    header, payload, signature = own.split(".")
    tokens = {
        "alg none": f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{payload}.",
        "another key": jwt.encode(claims, "a" * 40, algorithm="HS256"),
        "no signature": f"{header}.{payload}.",
        "another person's id in it": f"{header}.{encoded({**claims, 'sub': '0' * 32})}.{signature}",
        "a changed end": f"{header}.{encoded({**claims, 'exp': claims['exp'] + 10**9})}.{signature}",
        "an account's id as a session token": str(claims["sub"]),
    }
    for name, token in tokens.items():
        status = attacker.status_with(token)
        yield Attempt(f"a token with {name}", status == 401, str(status))
    if attacker.status_with(own) != 200:
        raise SystemExit("the own token does not open anything either: nothing was tested")


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def reused_tokens(attacker: Attacker) -> Iterator[Attempt]:
    first = attacker.post(f"{AUTH}/login", {"email": MEMBER, "password": PASSWORD, "refresh": True}).json()
    status = attacker.status_with(first["refresh_token"])
    yield Attempt("a refresh token as access token", status == 401, str(status))
    second = attacker.post(f"{AUTH}/refresh", {"refresh_token": first["refresh_token"]}).json()
    attacker.post(f"{AUTH}/refresh", {"refresh_token": second["refresh_token"]})
    stolen = attacker.post(f"{AUTH}/refresh", {"refresh_token": first["refresh_token"]})
    dead = attacker.status_with(second["access_token"])
    yield Attempt("a stolen refresh token, used again", stolen.status_code == 401, str(stolen.status_code))
    yield Attempt("the rest of that sign-in afterwards", dead == 401, str(dead))


def enumerated_people(attacker: Attacker) -> Iterator[Attempt]:
    for path in ("password-reset/request", "resend-verification", "login/telegram/request"):
        answers = []
        for email in (STRANGER, f"nobody.{time.time_ns()}@demo.example", "nina@demo.example", "boris@demo.example"):
            answer = attacker.post(f"{AUTH}/{path}", {"email": email})
            if answer.status_code != 429:
                answers.append({key: len(str(value)) for key, value in answer.json().items()})
        same = all(answer == answers[0] for answer in answers)
        yield Attempt(f"finding out who has an account by {path}", same, f"{len(answers)} answers, alike: {same}")
    wrong = [
        attacker.post(f"{AUTH}/login", {"email": email, "password": "wrong"}).json().get("detail")
        for email in (STRANGER, "nina@demo.example", "boris@demo.example", UNKNOWN)
    ]
    yield Attempt("finding out who has an account by a wrong password", len(set(wrong)) == 1, str(wrong[0]))


def damaged_input(attacker: Attacker) -> Iterator[Attempt]:
    bodies = {
        "a megabyte of password": {"email": MEMBER, "password": "x" * 2**20},
        "NUL in a password": {"email": MEMBER, "password": "\x00" * 20},
        "a number as password": {"email": MEMBER, "password": 12345678},
        "a list as email": {"email": [MEMBER], "password": PASSWORD},
        "SQL as email": {"email": "' OR 1=1 --@x.example", "password": "' OR '1'='1"},
    }
    for name, body in bodies.items():
        status = attacker.post(f"{AUTH}/login", body).status_code
        yield Attempt(name, 400 <= status < 500, str(status))
    for name, token in (("an empty", ""), ("a cut off", "abc"), ("an endless", "x" * 5000), ("a foreign", "../../etc")):
        status = attacker.http.get("/password/reset", params={"token": token}).status_code
        yield Attempt(f"{name} link to set a password", 400 <= status < 500, str(status))


def forged_requests(attacker: Attacker) -> Iterator[Attempt]:
    page = attacker.http.post("/login", data={"email": MEMBER, "password": PASSWORD})
    yield Attempt("signing somebody in from another site", page.status_code == 400, str(page.status_code))
    host = attacker.http.post(
        f"{AUTH}/password-reset/request", json={"email": MEMBER}, headers={"Host": "evil.example"}
    )
    yield Attempt("links to another host", host.status_code == 400, str(host.status_code))
    own = attacker.own_token()
    for method, path in (("GET", "/api/v1/admin/users"), ("POST", f"{AUTH}/add-admin"), ("GET", "/admin")):
        headers = {"Authorization": f"Bearer {own}"}
        answer = attacker.http.request(method, path, headers=headers, json={} if method == "POST" else None)
        yield Attempt(f"a member at {path}", answer.status_code in {303, 401, 403}, str(answer.status_code))


ATTACKS: tuple[Callable[[Attacker], Iterator[Attempt]], ...] = (
    forged_tokens,
    reused_tokens,
    forged_requests,
    damaged_input,
    guessed_codes,
    enumerated_people,
    guessed_passwords,
)


def attack(url: str) -> list[Attempt]:
    """Try every attack against one portal.

    Raises ``ValueError`` for a portal that is not on this machine.
    """
    if urlsplit(url).hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise ValueError("only a portal on this machine is attacked")
    attacker = Attacker(url)
    return [attempt for attack in ATTACKS for attempt in attack(attacker)]


def main() -> int:
    attempts = attack(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
    print(*attempts, sep="\n")
    return 0 if all(attempt.refused for attempt in attempts) else 1


if __name__ == "__main__":
    sys.exit(main())
