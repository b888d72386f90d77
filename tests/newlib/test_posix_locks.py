"""Locks of a guest on newlib: between guests, and ended by every close."""

import re
import shutil
import time
from pathlib import Path

import pytest
from conftest import HANGS
from posix_box import Box, box, built, user  # noqa: F401 (fixtures)


def close(guest):
    guest.stdin.close()
    guest.wait()
    guest.stdout.close()


def wait_until_somebody_waits_for_a_lock(path):
    """Fail after a time in which a guest that is to wait has long started to."""
    inode = f":{path.stat().st_ino} "
    deadline = time.monotonic() + HANGS
    while not any("->" in line and inode in line
                  for line in Path("/proc/locks").read_text().splitlines()):
        assert time.monotonic() < deadline, "nobody waits for the lock"


@pytest.fixture
def locked(built):
    """A box for tests of locks, which no walk of a path changes."""
    box = Box(*built, "own")
    (box.root / "f").write_text("")
    yield box
    shutil.rmtree(box.top)


def test_locks_keep_two_guests_apart_until_they_are_released(locked):
    holder = locked.start("open", "f", "lock", 10, 5, "share", 100, 1, "pause",
                          "unlock", 0, 0, "pause")
    try:
        assert [holder.stdout.readline() for _ in range(3)] == ["0\n"] * 3
        other = ["open", "f", "lock", 14, 1, "lock", 15, 1, "lock", 9, 1, "share", 12, 1,
                 "share", 100, 1, "lock", 100, 1, "test-lock", 0, 0, "test-lock", 50, 9,
                 "test-lock", 100, 1, "odd-lock", 0, 0, "use", 60, "lock", 0, 0]
        printed = [re.sub(r"( \d+ \d+) \d+$", r"\1", line)
                   for line in locked.calls(*other)]
        assert printed == [
            "0", "EAGAIN", "0", "0", "EAGAIN", "0", "EAGAIN", "exclusive 10 5", "free",
            "shared 100 1", "EINVAL", "EBADF"]
        holder.stdin.write("x")
        holder.stdin.flush()
        assert [holder.stdout.readline() for _ in range(2)] == ["0\n", "0\n"]
        assert locked.calls("open", "f", "lock", 0, 0) == ["0", "0"]
    finally:
        close(holder)


def test_two_guests_have_different_process_numbers(locked):
    assert locked.calls("pid") != locked.calls("pid")


def test_a_lock_needs_the_right_to_read_or_write(locked):
    assert locked.calls("reading", "f", "share", 0, 0, "lock", 0, 0) == \
        ["0", "0", "EBADF"]


def test_closing_any_number_of_the_file_releases_its_locks(locked):
    holder = locked.start("open", "f", "lock", 0, 0, "reading", "f", "pause", "close",
                          "pause")
    try:
        assert [holder.stdout.readline() for _ in range(3)] == ["0\n"] * 3
        # Not even a failed call with the same path may release it.
        assert locked.calls("open", "f", "lock", 0, 0) == ["0", "EAGAIN"]
        holder.stdin.write("x")
        holder.stdin.flush()
        assert [holder.stdout.readline() for _ in range(2)] == ["0\n"] * 2
        assert locked.calls("open", "f", "lock", 0, 0) == ["0", "0"]
    finally:
        close(holder)


def test_calls_with_the_path_of_a_locked_file_do_not_release_its_lock(box):
    (box.root / "f").write_text("")
    box.own()
    holder = box.start("open", "f", "lock", 0, 0, "stat", "f", "chmod", "f", 600,
                       "touch", "f", "access", "f", 4, "list", "f", "readlink", "f",
                       "mkdir", "f", "exclusive", "f", "pause")
    try:
        assert [holder.stdout.readline().strip() for _ in range(10)] == [
            "0", "0", "file 0", "0", "0", "0", "ENOTDIR", "EINVAL", "EEXIST", "EEXIST"]
        assert box.calls("open", "f", "lock", 0, 0, own=False) == ["0", "EAGAIN"]
    finally:
        close(holder)


def test_a_guest_waits_for_a_lock_and_a_circle_of_waiting_guests_is_refused(locked):
    first = locked.start("open", "f", "lock", 0, 1, "pause", "wait-lock", 1, 1)
    second = locked.start("open", "f", "lock", 1, 1, "pause", "wait-lock", 0, 1,
                          "unlock", 1, 1)
    try:
        for guest in first, second:
            assert [guest.stdout.readline() for _ in range(2)] == ["0\n", "0\n"]
        first.stdin.write("x")
        first.stdin.flush()
        wait_until_somebody_waits_for_a_lock(locked.root / "f")
        second.stdin.write("x")
        second.stdin.flush()
        assert [second.stdout.readline() for _ in range(3)] == ["0\n", "EDEADLK\n", "0\n"]
        assert [first.stdout.readline() for _ in range(2)] == ["0\n", "0\n"]
    finally:
        close(first)
        close(second)
