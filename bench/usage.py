"""What a server spends, read from the kernel's account of exactly the processes that work for it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.server import Server, text_of

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Spent:
    """Seconds of CPU, of the web processes and of the database."""

    web: float
    database: float

    def __sub__(self, earlier: Spent) -> Spent:
        return Spent(self.web - earlier.web, self.database - earlier.database)

    def __mul__(self, factor: float) -> Spent:
        return Spent(self.web * factor, self.database * factor)


class Meter:
    """The CPU time of one of several servers that share a database.

    ``database`` is the server that runs the database, and ``name`` the application name under which the measured server
    connects to it: connections of other names are left out.
    """

    def __init__(self, server: Server, database: Server, name: str, connection: psycopg.Connection) -> None:
        self.server, self.database, self.name, self.connection = server, database, name, connection

    def read(self) -> Spent:
        """Return what has been spent since the processes started, by those that have ended too."""
        return Spent(sum(map(seconds, self.server.web_processes())), sum(map(seconds, self.database_processes())))

    def database_processes(self) -> list[int]:
        rows = self.connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name <> %s",
            [self.name],
        )
        others = {pid for (pid,) in rows}
        return [pid for pid in self.database.database_processes() if pid not in others]


def seconds(pid: int) -> float:
    """Return user and system time of a process and of its children that have ended; 0 if it has ended itself."""
    fields = text_of(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def pss(pids: list[int]) -> float:
    """Return the memory of processes in MB (10^6 bytes), shared pages counted once; the kernel counts in KiB."""
    return sum(map(pss_of, pids))


def pss_of(pid: int) -> float:
    for line in text_of(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0
