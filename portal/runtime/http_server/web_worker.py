"""The gunicorn worker: one event loop receives requests and sends responses, threads only make them.

gunicorn's own threads read from the sockets, so that as many slow clients as threads stop the portal.
"""

from __future__ import annotations

import errno
import math
import selectors
import socket
import time
from collections.abc import Callable
from concurrent import futures
from functools import partial
from typing import Any

from gunicorn.workers.gthread import ThreadWorker
from werkzeug.exceptions import RequestTimeout, ServiceUnavailable

from portal.runtime.http_server.connections import Connection, Deadlines
from portal.runtime.http_server.framing import IN_MEMORY

Step = Callable[[Connection], None]

LIVENESS = "/health/live"
RECEIVE_BYTES = 64 * 1024
SPOOL_BYTES = 256 * 1024 * 1024
"""Largest sum of the large bodies that a worker is receiving, in bytes."""
ALLOWANCE = 1024 * 1024
"""How much of an unread body is taken after the response, so that the client gets to read it."""
CHECK_SECONDS = 0.1
"""How often deadlines are checked at most: among hundreds of connections each check counts in the time of a request."""
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
TIMED_OUT = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class WebWorker(ThreadWorker):
    """A worker whose threads never wait for a client, and whose liveness check needs none of them.

    TLS ends before it: at the reverse proxy.
    """

    deadlines = Deadlines()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.poller: selectors.BaseSelector
        self.tpool: futures.ThreadPoolExecutor
        self.waiting: dict[Connection, None] = {}  # in the order in which they began to wait
        self.liveness: futures.ThreadPoolExecutor
        self.next_check = 0.0  # of deadlines, on the monotonic clock
        self.idle_until = math.inf  # until when connections without a request are kept; finite once it is stopping

    def init_process(self) -> None:
        """Start the thread of the liveness check, then the worker."""
        self.liveness = futures.ThreadPoolExecutor(1)
        super().init_process()

    def accept(self, listener: socket.socket) -> None:
        """Accept a client; where there are too many, the one that has been waiting longest has to go."""
        if self.nr_conns >= self.worker_connections - 1:
            self.evict_longest()
        try:
            client, peer = listener.accept()
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                self.evict_longest()
            return
        self.nr_conns += 1
        connection = Connection(self.cfg, client, peer, listener.getsockname(), self.deadlines)
        connection.deadline = time.monotonic() + self.deadlines.head
        self.attempt(self.receive, connection)

    def evict_longest(self) -> None:
        """Close the connection that has been waiting longest for its client, if any waits."""
        longest = next(iter(self.waiting), None)
        if longest is not None:
            self.forget(longest)

    def attempt(self, step: Step, connection: Connection) -> None:
        """Take a step of a connection; if the client has gone or the step fails, the connection is closed."""
        try:
            step(connection)
        except OSError:
            self.forget(connection)
        except Exception:
            self.log.exception("a connection failed")
            self.forget(connection)

    def wait(self, connection: Connection, event: int, step: Step) -> None:
        """Take ``step`` when the client has sent something (``EVENT_READ``) or takes something (``EVENT_WRITE``)."""
        if connection in self.waiting:
            return
        self.waiting[connection] = None
        self.poller.register(connection.socket, event, partial(self.wake, connection, step))

    def wake(self, connection: Connection, step: Step, _socket: socket.socket) -> None:
        """Take the step that a connection waits for; called by gunicorn's event loop."""
        self.attempt(step, connection)

    def stop_waiting(self, connection: Connection) -> None:
        """Let the event loop ignore a connection, which waits or not."""
        if connection in self.waiting:
            del self.waiting[connection]
            self.poller.unregister(connection.socket)

    def forget(self, connection: Connection) -> None:
        """Close a connection at once."""
        self.stop_waiting(connection)
        self.nr_conns -= 1
        connection.close()

    def receive(self, connection: Connection) -> None:
        """Take what has arrived of a request, and answer it once it is complete."""
        try:
            data = connection.socket.recv(RECEIVE_BYTES)
        except (BlockingIOError, InterruptedError):
            self.wait(connection, selectors.EVENT_READ, self.receive)
            return
        if data:
            self.feed(connection, data)
        else:
            self.forget(connection)

    def feed(self, connection: Connection, data: bytes) -> None:
        """Add ``data`` to the request, and answer it if it is complete; else its deadline follows what has arrived."""
        incoming, now = connection.parser, time.monotonic()
        had_started, had_head = incoming.has_started, incoming.request is not None
        incoming.feed(data)
        if incoming.is_ready:
            self.stop_waiting(connection)
            self.enqueue_req(connection)
            return
        if incoming.request is not None:
            connection.started = connection.started if had_head else now
            connection.extend(incoming.size)
            if incoming.waits_for_permission and not had_head:
                connection.socket.send(CONTINUE)
        elif not had_started:
            connection.deadline = now + self.deadlines.head
        self.wait(connection, selectors.EVENT_READ, self.receive)

    def enqueue_req(self, conn: Connection) -> None:
        """Let a thread make the response; the liveness check has a thread of its own."""
        pool = self.liveness if conn.parser.path == LIVENESS else self.tpool
        made = pool.submit(self.handle, conn)
        made.add_done_callback(lambda future: self.method_queue.defer(self.finish_request, conn, future))

    def handle(self, conn: Connection) -> bool:
        """Make the response in a thread, and return whether the connection can be kept."""
        keep = super().handle(conn)
        try:
            conn.sock.flush()
        except OSError:
            return False
        return bool(keep)

    def finish_request(self, conn: Connection, fs: futures.Future[bool]) -> None:
        """Send what is left of the response, then await the next request or close; called in the event loop."""
        failed = fs.cancelled() or fs.exception() is not None
        conn.keep = not failed and fs.result()
        self.begin_response(conn)

    def begin_response(self, connection: Connection) -> None:
        """Begin to send what is left of a response; its time counts from now."""
        connection.started, connection.sock.sent = time.monotonic(), 0
        self.attempt(self.send, connection)

    def send(self, connection: Connection) -> None:
        """Send as much of the response as the client takes, and go on after the last byte."""
        reply = connection.sock
        reply.flush()
        if reply.unsent:
            connection.extend(reply.sent)
            self.wait(connection, selectors.EVENT_WRITE, self.send)
            return
        self.stop_waiting(connection)
        rest = connection.parser.rest
        connection.parser.close()
        if not connection.keep:
            self.take_leave(connection)
            return
        connection.expect_request()
        connection.deadline = time.monotonic() + self.cfg.keepalive
        if rest:
            self.feed(connection, rest)
        else:
            self.wait(connection, selectors.EVENT_READ, self.receive)

    def take_leave(self, connection: Connection) -> None:
        """Announce the end, and wait a moment for the client to close.

        Closing at once would discard a response that the client has not read yet (RFC 9112, 9.6).
        """
        connection.socket.shutdown(socket.SHUT_WR)
        connection.deadline = time.monotonic() + self.deadlines.farewell
        self.discard(connection)

    def discard(self, connection: Connection) -> None:
        """Take what the client still sends, up to ``ALLOWANCE``, and close after its end."""
        try:
            data = connection.socket.recv(RECEIVE_BYTES)
        except (BlockingIOError, InterruptedError):
            self.wait(connection, selectors.EVENT_READ, self.discard)
            return
        connection.discarded += len(data)
        if data and connection.discarded <= ALLOWANCE:
            self.wait(connection, selectors.EVENT_READ, self.discard)
        else:
            self.forget(connection)

    def murder_keepalived(self, force: bool = False) -> None:
        """End what has taken too long; gunicorn's event loop calls it after all events, at least once a second.

        ``force`` ends every connection that waits for its client.
        """
        now = time.monotonic()
        if now < self.next_check and not force:
            return
        self.next_check = now + CHECK_SECONDS
        if not self.alive:
            self.idle_until = min(self.idle_until, now + self.deadlines.stopping)
        for connection in list(self.waiting):
            is_idle = not connection.parser.has_started
            if force or connection.deadline < now or (is_idle and self.idle_until < now):
                self.attempt(self.expire, connection)
        self.limit_bodies()

    def expire(self, connection: Connection) -> None:
        """End a connection whose time is over: with a response if the client was sending a request."""
        incoming = connection.parser
        if incoming.is_ready or not incoming.has_started or not self.alive:
            self.forget(connection)
        elif incoming.request is None:
            incoming.error = RequestTimeout()  # the request is over, whether or not the client takes this response
            self.stop_waiting(connection)
            connection.sock.sendall(TIMED_OUT)
            self.begin_response(connection)
        else:
            self.refuse(connection, RequestTimeout())

    def refuse(self, connection: Connection, reason: RequestTimeout | ServiceUnavailable) -> None:
        """Let the view answer a request whose body is not complete."""
        self.stop_waiting(connection)
        connection.parser.refuse(reason)
        self.enqueue_req(connection)

    def limit_bodies(self) -> None:
        """Refuse the large bodies that have taken longest, while all together are larger than ``SPOOL_BYTES``."""
        large = [each for each in self.waiting if each.parser.size > IN_MEMORY and not each.parser.is_ready]
        total = sum(each.parser.size for each in large)
        for connection in sorted(large, key=lambda each: each.started):
            if total <= SPOOL_BYTES:
                return
            total -= connection.parser.size
            self.refuse(connection, ServiceUnavailable())
