"""Child processes that end with their parent, locks, and facts about other processes, by the means of Linux."""

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
    """Start a child in a session of its own, which the kernel sends ``on_parent_death`` when this process ends first.

    ``user`` is whom it runs as (``None``: this process's user), ``output`` gets what it prints. Call it in the main
    thread: the kernel watches the thread that has forked, not its process.
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
    """Run a command to its end as ``user`` (``None``: this process's user), from a folder open to everybody."""
    return subprocess.run(  # noqa: S603 - our own commands, never a shell
        arguments, cwd="/", env=dict(env), capture_output=True, text=True, check=False, **identity(user)
    )


def identity(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """Return the arguments of ``subprocess`` that make a child run as ``user``; none for this process's user."""
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()}


def die_with_parent(number: signal.Signals, parent: int | None = None) -> Callable[[], None]:
    """Return a function with which a child asks for ``number`` when ``parent`` (by default this process) ends.

    The child calls it after the fork and after it has changed its user, which would undo it. Systems other than Linux
    have nothing like it: there the function does nothing, and a child may outlive its parent.
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
    """Run ``work`` in a forked process, so that its memory is freed afterwards; return its exit status."""
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
    """Return the arguments of a running process; none where there is no such process, or only a zombie."""
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [argument.decode(errors="replace") for argument in arguments.split(b"\0") if argument]


def take_lock(path: Path) -> IO[str] | None:
    """Lock a file and return it open; ``None`` while another process holds the lock.

    The lock is released when the file is closed or this process ends.
    """
    handle = path.open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle


def end(process: subprocess.Popen[bytes], *escalation: tuple[signal.Signals, float]) -> None:
    """Send each signal in turn, wait its seconds for the child to end, then kill it; the child is always reaped."""
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
    """End the processes in the group of a child that led a session, whether or not the leader still runs."""

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
    """Check ``condition`` every so many seconds, and return whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
