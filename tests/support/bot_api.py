"""A Bot API of Telegram for tests, over real HTTP: it records the calls and fails as a test wishes."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TOKEN = "123456:for-the-tests-only"


@dataclass(frozen=True)
class Call:
    method: str
    parameters: dict[str, Any]

    @property
    def chat(self) -> str:
        return str(self.parameters.get("chat_id", ""))

    @property
    def text(self) -> str:
        return str(self.parameters.get("text", ""))


class HungUp(Exception):
    """Ends the connection without a response."""


class BotApi:
    """A server that answers ``ok`` until a test lets calls fail; ``received`` holds all ``sendMessage`` calls."""

    def __init__(self) -> None:
        self.calls: queue.Queue[Call] = queue.Queue()
        self.received: queue.Queue[Call] = queue.Queue()
        self.results: dict[str, Any] = {"getMe": {"id": 1, "is_bot": True, "first_name": "Alumni", "username": "bot"}}
        self.failures: dict[str, Callable[[], tuple[int, dict[str, Any]]]] = {}
        self.released = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self.server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @contextmanager
    def open(self) -> Iterator[BotApi]:
        thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.released.set()
            self.server.shutdown()
            self.server.server_close()
            thread.join()

    def refuse(self, code: int, description: str, on: str = "sendMessage", **parameters: Any) -> None:
        """Answer a method, or whatever is meant for the chat of that id, with an error."""
        error = {"ok": False, "error_code": code, "description": description, "parameters": parameters}
        self.failures[on] = lambda: (code, error)

    def stall(self, on: str = "sendMessage") -> None:
        """Accept calls and do not answer them until ``release``."""

        def wait() -> tuple[int, dict[str, Any]]:
            self.released.wait()
            raise HungUp

        self.failures[on] = wait

    def hang_up(self, on: str = "sendMessage") -> None:
        """Accept calls and end their connections."""

        def leave() -> tuple[int, dict[str, Any]]:
            raise HungUp

        self.failures[on] = leave

    def release(self) -> None:
        """Answer calls again, those that wait too."""
        self.failures.clear()
        self.released.set()

    def messages(self) -> list[Call]:
        """Return the messages that have arrived since the last call."""
        messages = []
        while not self.received.empty():
            messages.append(self.received.get())
        return messages

    def answer(self, token: str, call: Call) -> tuple[int, dict[str, Any]]:
        if token != TOKEN:
            return 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}
        self.calls.put(call)
        if call.method == "sendMessage":
            self.received.put(call)
        failure = self.failures.get(call.chat) or self.failures.get(call.method)
        return failure() if failure else (200, {"ok": True, "result": self.results.get(call.method, True)})


def handler_of(api: BotApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            url = urlsplit(self.path)
            _, bot, method = url.path.split("/")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            is_json = "json" in self.headers.get("Content-Type", "")
            sent = json.loads(body) if is_json else dict(parse_qsl(body))
            call = Call(method, {**dict(parse_qsl(url.query)), **sent})
            try:
                self.respond(*api.answer(bot.removeprefix("bot"), call))
            except HungUp:
                self.close_connection = True

        do_GET = do_POST

        def respond(self, code: int, answer: dict[str, Any]) -> None:
            content = json.dumps(answer).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    return Handler
