"""Another client that writes meanwhile: joins and leaves events of the first page, and edits its own profile."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from types import TracebackType

import httpx

from bench.server import Server
from bench.usage import Meter, Spent

WRITER = "alina@demo.example"
PER_SECOND = 5
WARM_UP_SECONDS, ALONE_SECONDS = 2, 6
EVENTS = "/api/v1/events/"
OWN = "/api/v1/profile/me"
Write = Callable[[], httpx.Response]


class Writer:
    """A client that writes ``PER_SECOND`` times a second while its context is open, to the events with free places.

    ``done`` is how often it has written, and ``cost`` what one write costs by itself.
    """

    def __init__(self, server: Server) -> None:
        headers = {"Authorization": f"Bearer {server.access_token(WRITER)}"}
        self.client = httpx.Client(base_url=server.url, headers=headers, timeout=30)
        self.writes = itertools.cycle(self.all_writes())
        self.stopped = threading.Event()
        self.failure: Exception | None = None
        self.done, self.cost = 0, Spent(0, 0)

    def all_writes(self) -> list[Write]:
        """Return the writes in their order: after all of them everything is as before."""
        own = self.client.get(OWN).json()
        writes: list[Write] = []
        for event in self.open_events(own["id"]):
            path = f"{EVENTS}{event}/participants"
            writes += [
                partial(self.client.post, path),
                partial(self.client.put, OWN, json={"biography": f"Goes to {event}"}),
                partial(self.client.post, f"{path}/remove"),
                partial(self.client.put, OWN, json={"biography": own["biography"]}),
            ]
        return writes

    def open_events(self, person: str) -> Iterator[str]:
        """Yield the ids of events of the first page that the person can join, who has left them again."""
        for event in self.client.get(EVENTS).json()["items"]:
            path = f"{EVENTS}{event['id']}/participants"
            if person not in event["participants_ids"] and self.client.post(path).is_success:
                self.client.post(f"{path}/remove").raise_for_status()
                yield event["id"]

    def measure(self, meter: Meter) -> None:
        """Set ``cost`` to what a write costs while nobody reads."""
        with self:
            time.sleep(WARM_UP_SECONDS)
            before, done = meter.read(), self.done
            time.sleep(ALONE_SECONDS)
            self.cost = (meter.read() - before) * (1 / (self.done - done))

    def __enter__(self) -> None:
        self.stopped.clear()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stopped.set()
        self.thread.join()
        if self.failure and not error:
            raise self.failure

    def run(self) -> None:
        while not self.stopped.wait(1 / PER_SECOND):
            try:
                next(self.writes)().raise_for_status()
                self.done += 1
            except httpx.HTTPError as failure:
                self.failure = failure
                return
