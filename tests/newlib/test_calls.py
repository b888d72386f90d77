"""POSIX calls of a guest on newlib: results, errors, and nothing outside of the root.

Runs as the tests' own user, and, where that is root, as an ordinary user too.
"""

import os
import shutil
import tempfile
import threading
from pathlib import Path

import pytest
from conftest import BUILD, MACHINE, ROOT, run

GUESTS = ROOT / "tests/newlib/guests"
NOBODY = 65534
USERS = ["own", "ordinary"] if os.getuid() == 0 else ["own"]


@pytest.fixture(scope="module", params=["x86_64", "i386"])
def built(request):
    """(architecture, folder with the guests), in a folder that every user can read."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    for name in "calls", "answers", "memory":
        run(ROOT / "gen/jumpslot-cc", "--newlib", f"--build={BUILD}",
            MACHINE[request.param], "-O2", "-Wall", "-Wextra", "-Werror",
            GUESTS / f"{name}.c", "-o", folder / f"{name}.elf")
    yield request.param, folder
    shutil.rmtree(folder)


class Box:
    """The root of a guest and a secret folder beside it."""

    def __init__(self, arch, folder, user):
        self.arch, self.folder, self.user = arch, folder, user
        self.top = folder / "top"
        self.root, self.secret = self.top / "root", self.top / "secret"
        for directory in self.root, self.secret:
            directory.mkdir(parents=True)
        (self.secret / "file").write_text("secret")
        (self.secret / "empty").mkdir()
        (self.root / "out").symlink_to("../secret")
        (self.root / "absolute").symlink_to(self.secret)
        (self.root / "loop").symlink_to("loop")
        self.own()

    def own(self):
        """Give all to the user that runs the guest."""
        if self.user == "ordinary":
            run("chown", "-R", f"{NOBODY}:{NOBODY}", self.top)

    def calls(self, *words, own=True):
        if own:
            self.own()
        options = {"user": NOBODY, "group": NOBODY, "extra_groups": []} \
            if self.user == "ordinary" else {}
        result = run(BUILD / "bin/host-wrapper", "--provider",
                     BUILD / f"providers/newlib-{self.arch}.so,root={self.root}",
                     self.folder / "calls.elf", *words, check=False, **options)
        assert (result.stderr, result.returncode) == ("", 0)
        return result.stdout.splitlines()


@pytest.fixture(params=USERS)
def box(built, request):
    box = Box(*built, request.param)
    yield box
    shutil.rmtree(box.top)


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


def test_pread_and_pwrite_leave_the_position(box):
    (box.root / "f").write_text("abcdef")
    assert box.calls("open", "f", "pread", 3, 2, "pwrite", "XY", 4, "pread", 9, 0,
                     "pread", 1, 99) == ["0", "cde at 0", "2", "abcdXY at 0", " at 0"]
    assert box.calls("open", "f", "pread", 1, -1, "pwrite", "x", -1, "use", 40,
                     "pread", 1, 0, "use", 1, "pwrite", "x", 0) == \
        ["0", "EINVAL", "EINVAL", "EBADF", "ESPIPE"]


def test_mkdir_and_rmdir(box):
    assert box.calls("mkdir", "d", "mkdir", "/d/e/", "mkdir", "d", "rmdir", "d",
                     "rmdir", "d/e", "rmdir", "d", "rmdir", "d") == \
        ["0", "0", "EEXIST", "ENOTEMPTY", "0", "0", "ENOENT"]
    assert box.calls("mkdir", "x") == ["0"]
    assert (box.root / "x").stat().st_mode & 0o777 == 0o750
    (box.root / "f").write_text("")
    assert box.calls("mkdir", "no/d", "mkdir", "f/d", "rmdir", "f", "mkdir", "f",
                     "mkdir", "", "rmdir", "", "mkdir", "/", "rmdir", "/",
                     "rmdir", "x/.", "mkdir", "loop/d", "mkdir", "n" * 1100) == \
        ["ENOENT", "ENOTDIR", "ENOTDIR", "EEXIST", "ENOENT", "ENOENT", "EEXIST",
         "EBUSY", "EINVAL", "ELOOP", "ENAMETOOLONG"]


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


def test_readdir_lists_each_entry_once(box):
    names = [f"{'n' * (i % 200)}{i}" for i in range(300)]
    (box.root / "d").mkdir()
    for name in names:
        (box.root / "d" / name).write_text("")
    (box.root / "d/sub").mkdir()
    (box.root / "d/link").symlink_to("sub")
    expected = sorted([f"{name}:8" for name in names] +
                      ["sub:4", "link:10", ".:4", "..:4"])
    listed, closed = box.calls("list", "d")
    assert (listed.split(), closed) == (expected + ["end"], "0")


def test_errors_of_opendir(box):
    (box.root / "f").write_text("")
    assert box.calls("list", "none", "list", "f", "list", "", "list", "loop") == \
        ["ENOENT", "ENOTDIR", "ENOENT", "ELOOP"]


def test_lstat_tells_of_the_link_and_stat_of_its_target(box):
    (box.root / "f").write_text("abc")
    (box.root / "link").symlink_to("f")
    assert box.calls("lstat", "link", "stat", "link", "lstat", "f", "lstat", ".",
                     "lstat", "out", "lstat", "none", "lstat", "f/x") == \
        ["link 1", "file 3", "file 3", "directory 0", "link 9", "ENOENT", "ENOTDIR"]


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


def test_links_at_the_end_of_a_path_are_not_followed_by_mkdir_and_rmdir(box):
    (box.root / "dangling").symlink_to("../secret/new")
    (box.root / "toempty").symlink_to("../secret/empty")
    assert box.calls("mkdir", "dangling", "mkdir", "dangling/", "rmdir", "toempty",
                     "rmdir", "toempty/") == \
        ["EEXIST", "EEXIST", "ENOTDIR", "ENOTDIR"]
    assert sorted(path.name for path in box.secret.iterdir()) == ["empty", "file"]


def test_a_directory_that_becomes_a_link_in_between_leads_nowhere(box):
    """Another process exchanges a directory for a link outward, as fast as it can."""
    (box.root / "d").mkdir()
    (box.root / "d/inside").mkdir()
    (box.root / "link").symlink_to("../secret")
    box.own()
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
                 "lstat", "d/file", "open", "d/file"] * 300
        printed = box.calls(*words, own=False)
    finally:
        ended.set()
        thread.join()
    assert sorted(path.name for path in box.secret.iterdir()) == ["empty", "file"]
    assert set(printed) <= {"0", "EEXIST", "EACCES", "ENOENT"}
    assert "file 6" not in printed


def test_answers_clocks_and_sleep(built):
    arch, folder = built
    result = run(BUILD / "bin/host-wrapper", "--provider",
                 BUILD / f"providers/newlib-{arch}.so", folder / "answers.elf",
                 input="one\ntwo", check=False)
    assert (result.stdout, result.stderr, result.returncode) == ("0 failed\n", "", 0)


def test_memory_functions_at_every_size_alignment_and_overlap_and_longjmp(built):
    arch, folder = built
    result = run(BUILD / "bin/host-wrapper", "--provider",
                 BUILD / f"providers/newlib-{arch}.so", folder / "memory.elf",
                 check=False)
    assert (result.stdout, result.stderr, result.returncode) == \
        ("0 differences\n", "", 0)
