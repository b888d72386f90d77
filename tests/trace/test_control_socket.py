"""The file of the control socket: one guest's at a time, and gone when that has ended."""

import contextlib
import fcntl
import os
import select
import shutil
import signal
import socket
import stat
import subprocess
from pathlib import Path

import pytest
from conftest import BUILD, WRAPPER, each_arch as arch, only_x86_64  # noqa: F401
from controlled_guest import start  # noqa: F401
from terminal_session import keepers_of, state_of, wait_until


@only_x86_64
def test_the_socket_is_for_this_user_and_is_removed_also_after_a_kill(start):
    guest = start()
    assert stat.S_IMODE(os.stat(guest.path).st_mode) == 0o600
    guest.process.send_signal(signal.SIGKILL)
    guest.process.wait()
    wait_until(lambda: not guest.path.exists())  # the keeper removes it


def has_open(process, path):
    with contextlib.suppress(FileNotFoundError):
        return any(os.readlink(link) == str(path)
                   for link in Path(f"/proc/{process}/fd").iterdir())
    return False


@only_x86_64
def test_commands_are_refused_once_the_guest_has_ended(start):
    """Also while host-wrapper waits for somebody to read the rest of its trace."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)  # a page: full with its first byte
    guest = start("--trace", errors=writer)
    os.close(writer)
    select.select([reader], [], [])
    guest.ctl("stop")
    ended = [f"host-wrapper: ctl {guest.path}: {reason}\n"
             for reason in ("Connection refused", "No such file or directory")]
    wait_until(lambda: guest.ctl("list", check=False).stderr in ended)
    assert guest.process.poll() is None
    with open(reader, encoding="utf-8") as errors:
        errors.read()
    assert guest.process.wait() == 143


@only_x86_64
def test_a_guest_that_has_ended_leaves_the_socket_of_the_next_one(start):
    """A file system may give the next socket the inode's number of the first."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    first = start("--trace", errors=writer)
    os.close(writer)
    select.select([reader], [], [])
    first.ctl("stop")
    wait_until(lambda: not first.path.exists())
    with subprocess.Popen(first.command, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True) as other:
        assert other.stdout.readline() == "ready\n"
        with open(reader, encoding="utf-8") as errors:
            errors.read()
        assert first.process.wait() == 143
        first.ctl("raise", "20")
        assert other.wait() == 10


def start_beside(path):
    return subprocess.Popen([*WRAPPER, "--control", path,
                             BUILD / "guests/hello-x86_64.elf"], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def is_refused(process):
    output, errors = process.communicate()
    return (output, process.returncode) == ("", 125) and \
        errors.endswith(": Address already in use\n")


@pytest.mark.parametrize("listens", [False, True])
@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_a_socket_of_another_process_is_refused_and_left_alone(tmp_path, kind, listens):
    """Before it listens, too. Its owner does not notice."""
    path = tmp_path / "control"
    with socket.socket(socket.AF_UNIX, kind) as other:
        other.bind(str(path))
        if listens and kind == socket.SOCK_STREAM:
            other.listen()
        with start_beside(path) as process:
            assert is_refused(process)
        if kind == socket.SOCK_STREAM:
            other.listen()
        assert path.exists() and select.select([other], [], [], 0)[0] == []


def test_of_two_that_find_a_leftover_one_is_refused(tmp_path):
    """The one that makes its socket locks the directory meanwhile."""
    path = tmp_path / "control"

    def takes_turns():
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as leftover:
            leftover.bind(str(path))
        lock = os.open(tmp_path, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        with start_beside(path) as process:
            wait_until(lambda: has_open(process.pid, tmp_path) or
                       state_of(process.pid) == "Z")
            path.unlink(missing_ok=True)
            with socket.socket(socket.AF_UNIX) as other:
                other.bind(str(path))
                os.close(lock)
                return is_refused(process)
    assert any(takes_turns() for _ in range(5))  # a slow machine may be late


@only_x86_64
def test_a_process_that_cleans_up_late_leaves_the_socket_of_the_next_guest(start):
    guest = start()
    [keeper] = [process for process in keepers_of(guest.process.pid)
                if os.readlink(f"/proc/{process}/exe").endswith("host-wrapper")]
    os.kill(keeper, signal.SIGSTOP)
    guest.process.kill()
    guest.end()
    guest.begin()
    os.kill(keeper, signal.SIGCONT)
    os.waitpid(keeper, 0)  # an orphan of this process by now
    guest.ctl("raise", "20")
    assert guest.end() == ("", 10)


@only_x86_64
def test_the_socket_is_removed_before_it_is_closed(start, tmp_path):
    """With a program in the place of jumpslot-backtrace that host-wrapper waits for."""
    shutil.copy(WRAPPER[0], tmp_path)
    for runner in (BUILD / "bin").glob("jumpslot-runner-x86_64*"):
        (tmp_path / runner.name).symlink_to(runner)
    silent = tmp_path / "jumpslot-backtrace"
    silent.write_text("#!/bin/sh\n[ $1 = lines ] && exec cat\nexec /bin/sleep 1000\n")
    silent.chmod(0o755)
    guest = start(wrapper=[tmp_path / "host-wrapper", *WRAPPER[1:]])
    guest.ctl("revoke", "trace_direct")
    ended = f"host-wrapper: ctl {guest.path}: No such file or directory\n"

    def is_closed():
        return guest.ctl("list", check=False).returncode
    wait_until(is_closed)
    assert guest.ctl("list", check=False).stderr == ended
    assert guest.process.poll() is None
