"""Files of a guest on newlib: contents, sizes, rights and times."""

import os
import shutil
import subprocess

import pytest
from conftest import HANGS, run
from posix_box import Box, REFUSED, box, built, user  # noqa: F401 (fixtures)


def test_ftruncate_shortens_and_extends(box):
    (box.root / "f").write_text("abcdef")
    assert box.calls("open", "f", "ftruncate", 3, "fsync") == ["0", "0", "0"]
    assert (box.root / "f").read_text() == "abc"
    assert box.calls("open", "f", "ftruncate", 5) == ["0", "0"]
    assert (box.root / "f").read_bytes() == b"abc\0\0"


def test_errors_of_ftruncate_and_fsync(box):
    (box.root / "f").write_text("abc")
    assert box.calls("open", "f", "ftruncate", -1, "reading", "f", "ftruncate", 1,
                     "use", 40, "ftruncate", 1, "fsync", "use", 1, "fsync") == \
        ["0", "EINVAL", "0", "EINVAL", "EBADF", "EBADF", "EINVAL"]
    assert (box.root / "f").read_text() == "abc"


def test_ftruncate_of_the_console_erases_nothing(box):
    box.own()
    (box.top / "printed").write_text("before\n")
    with open(box.top / "printed", "a") as printed:
        subprocess.run(box.command("calls", "use", 1, "ftruncate", 0), stdout=printed,
                       check=True, timeout=HANGS, **box.options())
    assert (box.top / "printed").read_text() == "before\nEINVAL\n"


def test_pread_and_pwrite_leave_the_position(box):
    (box.root / "f").write_text("abcdef")
    assert box.calls("open", "f", "pread", 3, 2, "pwrite", "XY", 4, "pread", 9, 0,
                     "pread", 1, 99) == ["0", "cde at 0", "2", "abcdXY at 0", " at 0"]
    assert box.calls("open", "f", "pread", 1, -1, "pwrite", "x", -1, "use", 40,
                     "pread", 1, 0, "use", 1, "pwrite", "x", 0) == \
        ["0", "EINVAL", "EINVAL", "EBADF", "ESPIPE"]


def test_access(box):
    (box.root / "f").write_text("")
    (box.root / "f").chmod(0o644)
    assert box.calls("access", "f", 0, "access", "f", 6, "access", "f", 1,
                     "access", "/", 7, "access", "none", 0, "access", "f/x", 0,
                     "access", "f", 8, "access", "loop", 0) == \
        ["0", "0", "EACCES", "0", "ENOENT", "ENOTDIR", "EINVAL", "ELOOP"]


def test_access_asks_for_the_rights_of_the_user(box):
    (box.root / "f").write_text("")
    (box.root / "f").chmod(0o000)
    allowed = "EACCES" if box.user == "ordinary" or os.getuid() else "0"
    assert box.calls("access", "f", 4, "access", "f", 2) == [allowed, allowed]


def test_chmod_and_utime_stay_inside_the_root(box):
    box.own()
    before = (box.secret / "file").stat()
    assert box.calls("chmod", "out/file", 600, "utime", "out/file", 1, 1,
                     "touch", "absolute/file", "chmod", "..", 700,
                     "truncate", "out/file", 0, "chmod", "loop", 600, own=False) == \
        5 * ["EACCES"] + ["ELOOP"]
    assert (box.secret / "file").stat() == before


def test_chmod_and_utime_need_the_right_to_read_or_write_the_file(box):
    (box.root / "f").write_text("")
    for mode in 0o200, 0o400:
        (box.root / "f").chmod(mode)
        assert box.calls("utime", "f", 1, 1, "chmod", "f", 7777) == ["0", "0"]
        assert (box.root / "f").stat().st_mode & 0o7777 == 0o777
    (box.root / "f").chmod(0)
    allowed = "EACCES" if box.user == "ordinary" or os.getuid() else "0"
    assert box.calls("utime", "f", 1, 1, "chmod", "f", 644) == [allowed, allowed]


def test_chmod_and_utime_are_of_regular_files_and_directories(box):
    os.mkfifo(box.root / "fifo")
    (box.root / "d").mkdir()
    assert box.calls("chmod", "fifo", 600, "touch", "fifo", "chmod", "d", 700,
                     "touch", "d") == ["EACCES", "EACCES", "0", "0"]
    assert (box.root / "d").stat().st_mode & 0o7777 == 0o700


def test_chmod_and_utime_of_the_file_of_another_user(built):
    if os.getuid():
        pytest.skip("needs root, to give a file to another user")
    for refused in REFUSED.values():
        box = Box(*built, "ordinary", refused)
        try:
            (box.root / "f").write_text("")
            assert box.calls("chmod", "f", 666, "utime", "f", 1, 1, "touch", "f",
                             own=False) == ["EPERM", "EPERM", "EACCES"]
        finally:
            shutil.rmtree(box.top)
