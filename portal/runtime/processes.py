"""Child processes that cannot outlive us, and what the system says about other processes."""

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

ON_LINUX = sys.platform == "linux"
PR_SET_PDEATHSIG = 1

# Reads until our end of the pipe closes, which the kernel does however we die, then signals the child.
WATCHER = """
import os, sys
sys.stdin.buffer.read()
try:
    os.kill(int(sys.argv[1]), int(sys.argv[2]))
except ProcessLookupError:
    sys.exit(0)
"""


def spawn(
    arguments: Sequence[str | os.PathLike[str]],
    *,
    when_we_die: signal.Signals,
    env: Mapping[str, str],
    cwd: Path,
    user: pwd.struct_passwd | None = None,
    output: IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a direct child in a session of its own; it gets ``when_we_die`` should we die first.

    Call it in the main thread: Linux watches the thread that forked, not its process.
    """
    process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - our own commands, never a shell
        arguments,
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        preexec_fn=die_with_parent(when_we_die) if ON_LINUX else None,
        **identity(user),
    )
    if not ON_LINUX:
        watch(process.pid, when_we_die)
    return process


def run_as(
    user: pwd.struct_passwd | None, arguments: Sequence[str | os.PathLike[str]], env: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end as ``user`` (None: as ourselves), from a folder open to everybody."""
    return subprocess.run(  # noqa: S603 - our own commands, never a shell
        arguments, cwd="/", env=dict(env), capture_output=True, text=True, check=False, **identity(user)
    )


def identity(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """What ``subprocess`` needs to become ``user``; nothing for ourselves."""
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()}


def die_with_parent(number: signal.Signals, parent: int | None = None) -> Callable[[], None]:
    """What a child of ``parent`` (of us) runs after the fork, and after it has changed user, which would undo it."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = parent or os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return ask


def watch(pid: int, number: signal.Signals) -> subprocess.Popen[bytes]:
    """Where the kernel cannot signal a child of the dead: a process that waits for our end and does it."""
    return subprocess.Popen(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", WATCHER, str(pid), str(int(number))], stdin=subprocess.PIPE, start_new_session=True
    )


def in_child(work: Callable[[], int]) -> int:
    """Do ``work`` in a forked process that ends, with all the memory it needed; its exit status."""
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        try:
            if ON_LINUX:
                die_with_parent(signal.SIGTERM, parent)()
            status = work()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def command_line(pid: int) -> list[str]:
    """The arguments of a living process; empty when there is none (a zombie has none either)."""
    if ON_LINUX:
        try:
            raw = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return []
        return [part.decode(errors="replace") for part in raw.split(b"\0") if part]
    shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607 - a number and the system's own ps
    return shown.stdout.split()


def take_lock(path: Path) -> IO[str] | None:
    """The open lock, ours until it is closed or we die; None while another living process has it."""
    handle = path.open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle


def end(process: subprocess.Popen[bytes], *escalation: tuple[signal.Signals, float]) -> None:
    """Send each signal in turn, waiting its seconds for the child to end, then kill it; always reaps."""
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
    """End whoever is left in the group of a child that led a session, whether the leader lives or not."""

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
    """Whether ``condition`` came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
