"""Numbers of open files of a guest on newlib: dup(), dup2(), and the console's."""

import os
import subprocess

from conftest import HANGS, run
from posix_box import box, built, user  # noqa: F401 (fixtures)


def test_numbers_of_one_file_share_its_position_and_its_flags(box):
    (box.root / "f").write_text("abcdef")
    assert box.calls("open", "f", "dup", 3, "read", 2, "use", 4, "read", 2, "getfl",
                     "dupfd", 3, 9, "use", 3, "close", "read", 1, "use", 9, "read", 9) \
        == ["0", "4", "ab", "cd", str(os.O_RDWR), "9", "0", "EBADF", "ef"]


def test_a_new_file_gets_the_lowest_number_that_is_free(box):
    for name in "fg":
        (box.root / name).write_text(name)
    assert box.calls("open", "f", "dup", 3, "use", 3, "close", "dup", 4, "use", 0,
                     "close", "open", "g", "use", 0, "read", 5) == \
        ["0", "4", "0", "3", "0", "0", "g"]


def test_dup2_closes_the_number_that_it_takes(box):
    for name in "fg":
        (box.root / name).write_text(name)
    assert box.calls("open", "f", "open", "g", "dup2", 3, 4, "use", 4, "read", 1,
                     "dup2", 4, 4, "dup2", 9, 4, "dup2", 9, 9, "dup2", 3, 64,
                     "dup2", 3, -1, "dup", 9, "dupfd", 3, 64, "dupfd", 3, -1) == \
        ["0", "0", "4", "f", "4"] + ["EBADF"] * 5 + ["EINVAL"] * 2
    more_than_the_descriptors_of_a_process = 1100
    words = ("open", "f", *("dup2", 3, 4) * more_than_the_descriptors_of_a_process)
    assert set(box.calls(*words)) == {"0", "4"}
    words = [word for _ in range(62) for word in ("dup", 1)]
    assert box.calls(*words) == [str(number) for number in range(3, 64)] + ["EMFILE"]


def test_output_goes_where_dup2_sends_it_and_back(box):
    """As a shell does for "> f"."""
    assert box.calls("dup", 1, "create", "f", "dup2", 4, 1, "use", 1, "write", "in f",
                     "dup2", 3, 1, "write", " end ") == ["3", "0", "1", " end 5"]
    assert (box.root / "f").read_text() == "1\nin f4\n"


def test_the_console_stays_the_hosts_under_every_number(box):
    box.own()
    (box.top / "printed").write_text("before\n")
    with open(box.top / "printed", "a") as printed:
        subprocess.run(box.command("calls", "dup", 1, "use", 3, "ftruncate", 0, "fchmod",
                                   "777", "close", "use", 1, "close"), stdout=printed,
                       check=True, timeout=HANGS, **box.options())
    assert (box.top / "printed").read_text() == "before\n3\nEINVAL\nEPERM\n0\n"
