"""Paths of a guest on newlib: nothing leads out of the root, whatever the kernel has."""

import errno
import os
import random
import shutil
import threading

import pytest
from conftest import run
from posix_box import Box, REFUSED, box, built, user  # noqa: F401 (fixtures)

OUTSIDE = ["out", "absolute", "..", "../secret", "d/../../secret"]


@pytest.mark.parametrize("way", OUTSIDE)
def test_no_call_leads_out_of_the_root(box, way):
    (box.root / "d").mkdir()
    made = [*box.calls("access", f"{way}/file", 0, "access", f"{way}/none", 0,
                       "lstat", f"{way}/file", "stat", f"{way}/file",
                       "mkdir", f"{way}/new", "rmdir", f"{way}/empty",
                       "list", f"{way}/", "list", way, "open", f"{way}/file")]
    assert made == ["EACCES"] * 9
    assert sorted(path.name for path in box.secret.iterdir()) == ["empty", "file"]


def test_a_directory_that_becomes_a_link_in_between_leads_nowhere(box):
    """Another process exchanges a directory for a link outward, as fast as it can."""
    (box.root / "d").mkdir()
    (box.root / "d/inside").mkdir()
    (box.root / "d/inside/link").symlink_to("text")
    (box.root / "link").symlink_to("../secret")
    box.own()
    before = (box.secret / "file").stat()
    ended = threading.Event()

    def exchange():
        while not ended.is_set():
            os.rename(box.root / "d", box.root / "kept")
            os.rename(box.root / "link", box.root / "d")
            os.rename(box.root / "d", box.root / "link")
            os.rename(box.root / "kept", box.root / "d")

    thread = threading.Thread(target=exchange)
    thread.start()
    try:
        words = ["mkdir", "d/new", "rmdir", "d/empty", "access", "d/file", 0,
                 "lstat", "d/file", "open", "d/file", "chmod", "d/file", 600,
                 "exclusive", "d/made", "close", "unlink", "d/made", "utime", "d/file",
                 1, 1, "readlink", "d/inside/link", "chmod", "d/up/../file", 600] * 200
        printed = box.calls(*words, own=False)
    finally:
        ended.set()
        thread.join()
    assert sorted(path.name for path in box.secret.iterdir()) == ["empty", "file"]
    assert (box.secret / "file").stat() == before
    assert set(printed) <= {"0", "EEXIST", "EACCES", "ENOENT", "EBADF", "ENOTDIR",
                            "text"}


def test_a_filter_that_says_eperm_counts_as_a_kernel_without_faccessat2(built, user):
    box = Box(*built, user, errno.EPERM)
    try:
        (box.root / "f").write_text("")
        assert box.calls("open", "f", "access", "f", 6, "chmod", "f", 600,
                         "open", "out/file") == ["0", "0", "0", "EACCES"]
    finally:
        shutil.rmtree(box.top)


def random_path(dice):
    names = ["d", "e", "f", "up", "toe", "tof", "deep", "dangling", "toslash", "out",
             "absolute", "loop", "none", ".", "..", "self", "n" * 255, "n" * 256]
    path = "/".join(dice.choices(names, k=dice.randint(1, 6)))
    end = dice.choice(["", "", "/", "//", "/."])
    return dice.choice(["", "", "/", "//"]) + path + end


def test_with_and_without_faccessat2_all_results_are_the_same(built, user):
    """Random paths through directories, files and links, each with random calls."""
    dice = random.Random(7)
    words = []
    for _ in range(600):
        call = dice.choice(["access", "lstat", "stat", "list", "reading", "readlink",
                            "create", "exclusive", "open", "mkdir", "rmdir", "unlink",
                            "rename", "chmod", "touch"])
        rest = {"access": [0], "rename": [random_path(dice)], "chmod": [755]}
        words += [call, random_path(dice), *rest.get(call, [])]
        words += ["close"] if call in ("reading", "create", "exclusive", "open") else []
    printed = []
    for refused in REFUSED.values():
        box = Box(*built, user, refused)
        (box.root / "d/e").mkdir(parents=True)
        for name, text in (("up", ".."), ("toe", "d/e"), ("tof", "d/f"),
                           ("deep", "toe/../toe/./up"), ("toslash", "d/"),
                           ("self", "."), ("dangling", "d/new"), ("d/up", "..")):
            (box.root / name).symlink_to(text)
        (box.root / "d/f").write_text("")
        (box.root / "d/e/toe").symlink_to("../../toe")
        lines = box.calls(*words)
        tree = sorted((str(path.relative_to(box.top)), path.lstat().st_mode)
                      for path in box.top.rglob("*"))
        printed.append((lines, tree))
        shutil.rmtree(box.top)
    assert printed[0] == printed[1]
    assert len(set(printed[0][0])) > 10 and len(printed[0][0]) >= 600


def test_a_path_may_go_as_deep_as_it_is_long(box):
    deep = "/".join(["d"] * 500)
    run("mkdir", "-p", box.root / deep)
    (box.root / deep / "f").write_text("abc")
    assert box.calls("stat", f"{deep}/f", "stat", f"{deep}/..") == \
        ["file 3", "directory 0"]
    run("rm", "-r", box.root / "d")
