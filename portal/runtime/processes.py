"""Child processes that end with their parent, file locks, and the state of other processes, by the means of Linux."""

from __future__ import annotations

import ctypes
import fcntl
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG = 1
"""Option of prctl(2): the signal that the kernel sends to this process when its parent ends."""


def spawn(
    arguments: Sequence[str | os.PathLike[str]],
    *,
    on_parent_death: signal.Signals,
    env: Mapping[str, str],
    cwd: Path,
    user: pwd.struct_passwd | None = None,
    output: IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, which the kernel sends ``on_parent_death`` if this process ends first.

    ``user`` is the user it runs as (``None``: the user of this process); ``output`` receives its standard output and
    error. Call it in the main thread: the kernel watches the thread that has forked, not its process.
    """
    return subprocess.Popen(  # noqa: S603 - our own commands, never a shell
        arguments,
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        preexec_fn=die_with_parent(on_parent_death),
        **identity(user),
    )


def run_as(
    user: pwd.struct_passwd | None, arguments: Sequence[str | os.PathLike[str]], env: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end as ``user`` (``None``: the user of this process), and return its result with its output.

    Its working folder is ``/``, which everybody may enter. A failing command raises nothing.
    """
    return subprocess.run(  # noqa: S603 - our own commands, never a shell
        arguments, cwd="/", env=dict(env), capture_output=True, text=True, check=False, **identity(user)
    )


def identity(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """Return the keyword arguments of ``subprocess`` that make a child run as ``user``.

    They are empty for ``None``, the user of this process.
    """
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()}


def die_with_parent(number: signal.Signals, parent: int | None = None) -> Callable[[], None]:
    """Return a function by which a child has the kernel send it ``number`` when ``parent`` ends.

    ``parent`` is a pid, by default that of this process. The child calls the function after the fork and after it has
    changed its user, which would undo it; if ``parent`` has ended by then, the child exits with status 1. On systems
    other than Linux the function does nothing.
    """
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = parent or os.getpid()

    def ask_for_signal() -> None:
        prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it ended before the call
            os._exit(1)

    return ask_for_signal


def run_in_child(work: Callable[[], int]) -> int:
    """Run ``work`` in a forked process, so that its memory is freed afterwards, and return its exit status.

    The status is the result of ``work``, 1 if it raised, or the negative number of the signal that killed the process.
    """
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        try:
            die_with_parent(signal.SIGTERM, parent)()
            status = work()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def command_line(pid: int) -> list[str]:
    """Return the arguments of a running process, or an empty list if there is no such process or it is a zombie."""
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [argument.decode(errors="replace") for argument in arguments.split(b"\0") if argument]


def take_lock(path: Path) -> IO[str] | None:
    """Lock the file at ``path``, which is created if missing, and return it open for reading and appending.

    Return ``None`` if another process holds the lock. It is released when the file is closed or this process ends.
    """
    handle = path.open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle


def end(process: subprocess.Popen[bytes], *escalation: tuple[signal.Signals, float]) -> None:
    """End a child and return when it has ended and is reaped.

    Each signal of ``escalation`` is sent in turn, followed by a wait of up to its seconds; a child that still runs
    after that is killed.
    """
    for number, seconds in escalation:
        if process.poll() is not None:
            return
        process.send_signal(number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
    if process.poll() is None:
        process.kill()
        process.wait()


def end_group(leader: int, seconds: float = 12) -> None:
    """End all processes in the group of ``leader``, the pid of a child that led a session and may have ended.

    They get SIGTERM and, after ``seconds``, SIGKILL.
    """

    def is_empty() -> bool:
        try:
            os.killpg(leader, 0)
        except ProcessLookupError:
            return True
        return False

    for number in (signal.SIGTERM, signal.SIGKILL):
        if is_empty():
            return
        os.killpg(leader, number)
        if wait_until(is_empty, seconds):
            return


def wait_until(condition: Callable[[], bool], seconds: float, every: float = 0.02) -> bool:
    """Check ``condition`` every ``every`` seconds until it is true, and return whether it was within ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
