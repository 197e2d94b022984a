"""The supervisor behind ``flask up``: it starts the database and gunicorn, keeps both running, and stops them.

It imports no part of the application. When it is killed, the kernel ends its children, and the next start ends what is
left of them.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import IO

from config import ROOT, Settings, load_or_exit
from portal.runtime import processes
from portal.runtime.cluster_paths import DatabaseError
from portal.runtime.embedded_database import EmbeddedDatabase

STOPPING = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
DEMO_PEOPLE = (
    ("alina@demo.example", "member"),
    ("bob@demo.example", "member in another city"),
    ("mona@demo.example", "moderator"),
    ("adam@demo.example", "administrator"),
    ("nina@demo.example", "waits for the alumni office"),
    ("boris@demo.example", "banned"),
)
NEWCOMER = "newcomer@demo.example"  # on the demo's allow list, and free
DEMO_PASSWORD = "welcome-to-demo"  # noqa: S105 - printed for newcomers; the demo is never loaded in PROD


class CannotStart(Exception):
    """The portal cannot start in this environment; the error's text is one sentence for operators."""


class Supervisor:
    """The processes of one portal, the database and gunicorn: their start, supervision and end.

    The constructor starts nothing; it raises ``DatabaseError`` if there is no ``DATABASE_URL`` and the embedded
    database cannot run.
    """

    def __init__(self, settings: Settings, gunicorn_options: Sequence[str] = ()) -> None:
        self.settings = settings
        self.gunicorn_options = gunicorn_options
        self.database = None if settings.database_url else EmbeddedDatabase(settings.database_dir)
        self.gunicorn: subprocess.Popen[bytes] | None = None
        self.lock: IO[str] | None = None
        self.stop_asked = False
        self.wake, self._waker = socket.socketpair()

    def run(self) -> int:
        """Start the portal, keep it running until a signal asks to stop, stop it, and return the exit status.

        If it cannot start, print the reason on standard error and return 2.
        """
        self.listen_to_signals()
        try:
            self.lock = lock_instance(self.settings)
            check_port(self.settings.host, self.settings.port)
            self.start_database()
            self.start_gunicorn()
            return self.keep_alive() if self.await_first_answer() else self.status_of_gunicorn()
        except (CannotStart, DatabaseError) as error:
            sys.stderr.write(f"{error}\n")
            return 2
        finally:
            self.stop()

    def listen_to_signals(self) -> None:
        """Install signal handlers: every signal wakes ``sleep``, and those that ask to stop set ``stop_asked``."""

        def remember(number: int, frame: object) -> None:
            self.stop_asked = self.stop_asked or number in STOPPING

        for end in (self.wake, self._waker):
            end.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        for number in (*STOPPING, signal.SIGCHLD):
            signal.signal(number, remember)

    def sleep(self, seconds: float) -> None:
        """Sleep for ``seconds``, or until a signal comes; return at once if one has come since the last call."""
        if select.select([self.wake], [], [], seconds)[0]:
            self.wake.recv(4096)

    def start_database(self) -> None:
        """Start the embedded database, and print where its data is if that folder was replaced; do nothing without one.

        Raise ``DatabaseError`` if it cannot run.
        """
        if self.database is None:
            return
        self.database.start()
        if self.database.moved:
            say(f"This folder is closed to the user that runs PostgreSQL: the data is in {self.database.moved}.")

    def start_gunicorn(self) -> None:
        """Start gunicorn and record its pid; if there is an embedded database, ``DATABASE_URL`` is set to it."""
        environment = dict(os.environ)
        if self.database is not None:
            environment["DATABASE_URL"] = self.database.url
        self.gunicorn = processes.spawn(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "--config",
                ROOT / "gunicorn.conf.py",
                *self.gunicorn_options,
                "wsgi:app",
            ],
            on_parent_death=signal.SIGTERM,
            env=environment,
            cwd=ROOT,
        )
        record_pid(self.lock, self.gunicorn.pid)

    def await_first_answer(self) -> bool:
        """Wait until the web server answers, print the portal's URL, and return ``True``.

        It is ``False`` if gunicorn ends first, but ``True`` if a signal asks to stop meanwhile.
        """
        while not self.stop_asked and self.is_serving():
            if answers(self.settings.host, self.settings.port):
                greet(self.settings)
                return True
            self.sleep(0.1)
        return self.stop_asked

    def is_serving(self) -> bool:
        """Return whether gunicorn was started and has not ended."""
        return self.gunicorn is not None and self.gunicorn.poll() is None

    def keep_alive(self) -> int:
        """Restart a database that ended or a gunicorn that was killed, until asked to stop; return the exit status.

        It is 0, or the status of gunicorn if that ends by itself, because gunicorn would do so again. Checks come
        before the sleep: the signal about a process that ended earlier has already been received, and does not come
        again.
        """
        while not self.stop_asked:
            if self.database is not None and self.database.has_died():
                say("The database was killed; starting it again.")
                self.database.start()
            if not self.is_serving():
                if self.status_of_gunicorn() >= 0:
                    return self.status_of_gunicorn()
                say("The web server was killed; starting it again.")
                self.end_gunicorn()
                time.sleep(0.5)
                self.start_gunicorn()
            self.sleep(60)
        return 0

    def status_of_gunicorn(self) -> int:
        """Return the exit status of gunicorn, negative if a signal killed it; 0 if it was never started."""
        return self.gunicorn.returncode if self.gunicorn is not None else 0

    def end_gunicorn(self) -> None:
        """End gunicorn's master process, and workers that outlived it."""
        if self.gunicorn is not None:
            processes.end(self.gunicorn, (signal.SIGTERM, 15))
            processes.end_group(self.gunicorn.pid)

    def stop(self) -> None:
        """End gunicorn, then the embedded database, and release the lock of the instance folder."""
        self.end_gunicorn()
        if self.database is not None:
            self.database.stop()
        if self.lock is not None:
            self.lock.close()


def say(line: str) -> None:
    """Print a line on standard output at once, even if that is a pipe."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def lock_instance(settings: Settings) -> IO[str]:
    """Create and lock the instance folder, and return the open lock file.

    A gunicorn whose supervisor was killed is ended; its pid is in that file. Raise ``CannotStart`` if the folder cannot
    be used, or if a portal already runs in it.
    """
    try:
        settings.instance_dir.mkdir(parents=True, exist_ok=True)
        lock = processes.take_lock(settings.instance_dir / "portal.lock")
    except OSError as error:
        raise CannotStart(f"{settings.instance_dir} cannot be used ({error.strerror}); set INSTANCE_DIR.") from None
    if lock is None:
        raise CannotStart(f"This portal already runs: {settings.instance_dir} is in use. Stop it, or set INSTANCE_DIR.")
    lock.seek(0)
    recorded = lock.read().strip()
    if recorded.isdecimal() and str(ROOT / "gunicorn.conf.py") in processes.command_line(int(recorded)):
        processes.end_group(int(recorded))
    return lock


def record_pid(lock: IO[str] | None, pid: int) -> None:
    """Write the pid of gunicorn into the lock file, so that a later start can end it; without a lock, do nothing."""
    if lock is not None:
        lock.truncate(0)
        lock.write(str(pid))
        lock.flush()


def check_port(host: str, port: int) -> None:
    """Raise ``CannotStart`` if the portal cannot listen on ``host`` and ``port``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(f"Cannot listen on {host}:{port} ({error.strerror}); set another PORT.") from None


def answers(host: str, port: int) -> bool:
    """Return whether an HTTP server on ``host`` and ``port`` answers a request, waiting for it about a second.

    A connection alone is not enough: gunicorn listens before it knows that its workers can start.
    """
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    try:
        with socket.create_connection((reachable, port), timeout=1) as connection:
            connection.sendall(b"GET /health/live HTTP/1.0\r\n\r\n")
            return connection.recv(5) == b"HTTP/"
    except OSError:
        return False


def greet(settings: Settings) -> None:
    """Print the URL of the portal and, with demo data, the accounts to sign in with."""
    say(f"\n  The portal is at {settings.base_url}\n")
    if settings.has_demo:
        say(f"  Sign in with the password {DEMO_PASSWORD} as")
        for email, role in DEMO_PEOPLE:
            say(f"    {email:20} {role}")
        say(f"  or register as {NEWCOMER}; the email arrives at {settings.base_url}/dev/mail")
        say("\n  Ctrl-C stops everything.\n")


def main(gunicorn_options: Sequence[str]) -> int:
    """Run the portal of this folder until it is stopped, and return the exit status; the arguments go to gunicorn.

    The status is 2 if the embedded database cannot run. An invalid configuration ends the process, also with status 2;
    both print a sentence on standard error.
    """
    settings = load_or_exit()
    try:
        supervisor = Supervisor(settings, gunicorn_options)
    except DatabaseError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return supervisor.run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
