"""What the portal's worker takes from gunicorn, which documents little of it: a release that changes it is noticed."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

import pytest
from gunicorn import util
from gunicorn.http import wsgi
from gunicorn.http.body import ChunkedReader, LengthReader
from gunicorn.http.message import Request
from gunicorn.http.parser import RequestParser
from gunicorn.http.unreader import Unreader
from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import PollableMethodQueue, ThreadWorker

from portal.runtime.http_server.connections import Connection, Reply
from portal.runtime.http_server.framing import IncomingRequest
from portal.runtime.http_server.web_worker import WebWorker

PARAMETERS: dict[Callable[..., Any], tuple[str, ...]] = {
    ThreadWorker.accept: ("self", "listener"),
    ThreadWorker.enqueue_req: ("self", "conn"),
    ThreadWorker.finish_request: ("self", "conn", "fs"),
    ThreadWorker.handle: ("self", "conn"),
    ThreadWorker.init_process: ("self",),
    ThreadWorker.murder_keepalived: ("self", "force"),
    PollableMethodQueue.defer: ("self", "callback", "args"),
    RequestParser.__next__: ("self",),
    RequestParser.finish_body: ("self", "deadline", "max_bytes"),
    Request: ("cfg", "unreader", "peer_addr", "req_number"),
    Request.force_close: ("self",),
    Unreader.chunk: ("self", "size_hint"),
    Unreader.take_buffered: ("self",),
    LengthReader: ("unreader", "length"),
    ChunkedReader: ("req", "unreader"),
}
"""What we override or call."""

IN_THREADS = (ThreadWorker.handle, ThreadWorker._keepalive_after, ThreadWorker.handle_request)
"""The inherited methods that work with our connections."""

WRITERS: dict[Callable[..., Any], str] = {
    util.write: "sock",
    util.write_chunk: "sock",
    util.write_error: "sock",
    util.write_nonblock: "sock",
    util.close_graceful: "sock",
    Worker.handle_error: "client",
    wsgi.create: "sock",
    wsgi.Response.send_headers: "self.sock",
    wsgi.Response.close: "self.sock",
}
"""What uses the socket of a connection, if ``sendfile`` is off, and its name there."""


def members_of(name: str, function: Callable[..., Any]) -> set[str]:
    """Return the members that a function uses of its variable ``name``."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and ast.unparse(node.value) == name}


@pytest.mark.parametrize("member", PARAMETERS, ids=lambda member: member.__qualname__)
def test_a_member_takes_what_it_took(member: Callable[..., Any]) -> None:
    assert tuple(inspect.signature(member).parameters) == PARAMETERS[member]


@pytest.mark.parametrize("function", IN_THREADS, ids=lambda function: function.__name__)
def test_our_connection_has_what_inherited_methods_use(function: Callable[..., Any]) -> None:
    names = Connection.__init__.__code__.co_names
    missing = {each for each in members_of("conn", function) if not hasattr(Connection, each) and each not in names}
    assert missing - {"wait_for_data"} == set(), "waiting is for connections without data"


@pytest.mark.parametrize("function", WRITERS, ids=lambda function: function.__qualname__)
def test_our_reply_has_what_gunicorn_uses_of_a_socket(function: Callable[..., Any]) -> None:
    assert {each for each in members_of(WRITERS[function], function) if not hasattr(Reply, each)} == set()


def test_our_parser_has_what_gunicorn_uses_of_one() -> None:
    used = {member for function in IN_THREADS for member in members_of("conn.parser", function)}
    assert used == {"finish_body"}
    assert {each for each in used | {"__next__"} if not hasattr(IncomingRequest, each)} == set()


def test_the_list_has_all_methods_that_we_override() -> None:
    own = {name for name, member in vars(WebWorker).items() if inspect.isfunction(member) and name != "__init__"}
    listed = {member.__name__ for member in PARAMETERS if member.__qualname__.startswith("ThreadWorker.")}
    assert {name for name in own if hasattr(ThreadWorker, name)} == listed


def test_the_event_loop_reads_what_we_keep() -> None:
    run = members_of("self", ThreadWorker.run)
    assert {"nr_conns", "worker_connections", "murder_keepalived", "alive", "poller", "method_queue"} <= run


def test_members_are_found() -> None:
    def sample(sock: Any) -> None:
        sock.sendall(sock.name)

    assert members_of("sock", sample) == {"sendall", "name"}
