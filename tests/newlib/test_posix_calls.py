"""POSIX calls of a guest on newlib: results, errors, and nothing outside of the root.

Runs as the tests' own user, and, where that is root, as an ordinary user too; with
faccessat2(), and on a kernel that seems to lack it.
"""

import errno
import os
import random
import re
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest
from conftest import BUILD, HANGS, MACHINE, ROOT, run

GUESTS = ROOT / "tests/newlib/guests"
NOBODY = 65534
USERS = ["own", "ordinary"] if os.getuid() == 0 else ["own"]
# The error of faccessat2(): 0 if the kernel's own decides.
REFUSED = {"faccessat2": 0, "access": errno.ENOSYS}


@pytest.fixture(scope="module", params=["x86_64", "i386"])
def built(request):
    """(architecture, folder with the guests), in a folder that every user can read."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    for name in "calls", "answers", "memory", "posix", "prints":
        run(ROOT / "gen/jumpslot-cc", "--newlib", f"--build={BUILD}",
            MACHINE[request.param], "-O2", "-Wall", "-Wextra", "-Werror",
            GUESTS / f"{name}.c", "-o", folder / f"{name}.elf")
    run("gcc", "-O2", "-Wall", "-Werror", ROOT / "tests/newlib/refuse.c",
        "-o", folder / "refuse")
    yield request.param, folder
    shutil.rmtree(folder)


class Box:
    """The root of a guest and a secret folder beside it."""

    def __init__(self, arch, folder, user, refused=0):
        self.arch, self.folder, self.user = arch, folder, user
        self.refused = refused
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

    def command(self, program, *words):
        refuse = [self.folder / "refuse", self.refused] if self.refused else []
        return [str(word) for word in [
            *refuse, BUILD / "bin/host-wrapper", "--provider",
            BUILD / f"providers/newlib-{self.arch}.so,root={self.root}",
            self.folder / f"{program}.elf", *words]]

    def options(self):
        if self.user == "own":
            return {}
        return {"user": NOBODY, "group": NOBODY, "extra_groups": []}

    def calls(self, *words, own=True, program="calls", **options):
        if own:
            self.own()
        result = run(*self.command(program, *words), check=False, **options,
                     **self.options())
        assert (result.stderr, result.returncode) == ("", 0)
        return result.stdout.splitlines()

    def start(self, *words):
        """A guest that a test talks to."""
        return subprocess.Popen(self.command("calls", *words), text=True,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                **self.options())


@pytest.fixture(params=USERS)
def user(request):
    return request.param


@pytest.fixture(params=REFUSED)
def box(built, user, request):
    box = Box(*built, user, REFUSED[request.param])
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


def test_answers_clocks_and_sleep(built):
    arch, folder = built
    result = run(BUILD / "bin/host-wrapper", "--provider",
                 BUILD / f"providers/newlib-{arch}.so", folder / "answers.elf",
                 input="one\ntwo", check=False)
    assert (result.stdout, result.stderr, result.returncode) == ("0 failed\n", "", 0)


def test_memory_and_string_functions_at_every_size_alignment_and_overlap(built):
    arch, folder = built
    result = run(BUILD / "bin/host-wrapper", "--provider",
                 BUILD / f"providers/newlib-{arch}.so", folder / "memory.elf",
                 check=False)
    assert (result.stdout, result.stderr, result.returncode) == \
        ("0 differences\n", "", 0)


def test_calls_that_newlib_leaves_out(box):
    for name in "a.c", "b.c":
        (box.root / name).write_text("text")
    (box.root / "d").mkdir()
    (box.root / "d/e.c").write_text("")
    (box.root / "link").symlink_to("a.c")
    assert box.calls(program="posix", input="x") == ["0 failed"]


@pytest.mark.parametrize("locale", ["C.UTF-8"])
def test_printf_prints_the_same_as_glibc(built, tmp_path, locale):
    """long double, wide characters, and double as before."""
    arch, folder = built
    native = tmp_path / "native"
    run("gcc", MACHINE[arch], "-msse2", "-mfpmath=sse", "-O2", "-w",
        GUESTS / "prints.c", "-lm", "-o", native)
    expected = run(native, env={"LANG": locale}).stdout
    result = run(BUILD / "bin/host-wrapper", "--provider",
                 BUILD / f"providers/newlib-{arch}.so", folder / "prints.elf")
    assert result.stdout == expected


def test_positional_arguments_are_not_supported_and_crash_nothing(built, tools):
    arch, _ = built
    (tools.directory / "positional.c").write_text("""
        #include <stdio.h>
        int main(void) { printf("%2$d %1$5s|\\n", "five", 2); return 0; }
        """)
    run(ROOT / "gen/jumpslot-cc", "--newlib", f"--build={BUILD}", MACHINE[arch], "-w",
        "positional.c", "-o", "positional.elf", cwd=tools.directory)
    result = tools.wrapper("--provider", BUILD / f"providers/newlib-{arch}.so",
                           tools.directory / "positional.elf")
    assert (result.stdout, result.stderr, result.returncode) == (" $d $5s|\n", "", 0)


def test_readlink_tells_the_text_of_a_link_and_follows_it_nowhere(box):
    (box.root / "f").write_text("")
    assert box.calls("readlink", "out", "readlink", "absolute", "readlink4", "out",
                     "readlink", "f", "readlink", "none", "readlink", "out/x",
                     "readlink", "loop") == \
        ["../secret", str(box.secret)[:64], "../s", "EINVAL", "ENOENT", "EACCES", "loop"]


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


def test_a_link_that_a_link_leads_to_40_times_is_followed_and_not_one_more(box):
    (box.root / "f").write_text("")
    (box.root / "1").symlink_to("f")
    for number in range(2, 42):
        (box.root / str(number)).symlink_to(str(number - 1))
    assert box.calls("access", "40", 0, "access", "41", 0) == ["0", "ELOOP"]


def test_a_path_may_go_as_deep_as_it_is_long(box):
    deep = "/".join(["d"] * 500)
    run("mkdir", "-p", box.root / deep)
    (box.root / deep / "f").write_text("abc")
    assert box.calls("stat", f"{deep}/f", "stat", f"{deep}/..") == \
        ["file 3", "directory 0"]
    run("rm", "-r", box.root / "d")


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


def test_a_terminal_tells_its_modes(built):
    """Under script(1), which gives the guest a terminal."""
    arch, folder = built
    (folder / "modes.c").write_text("""
        #include <stdio.h>
        #include <sys/ioctl.h>
        #include <termios.h>
        #include <unistd.h>
        int main(void)
        {
            struct winsize size;
            struct termios modes;
            int got = isatty(0) + tcgetattr(0, &modes) + ioctl(0, TIOCGWINSZ, &size);
            int same = tcsetattr(0, TCSANOW, &modes);
            int echo = !!(modes.c_lflag & ECHO), lines = !!(modes.c_lflag & ICANON);
            modes.c_lflag ^= ECHO;
            printf("%d %d %d %d %d %d %d\\n", got, same, echo, lines, size.ws_row,
                   size.ws_col, tcsetattr(0, TCSANOW, &modes));
        }
        """)
    run(ROOT / "gen/jumpslot-cc", "--newlib", f"--build={BUILD}", MACHINE[arch],
        folder / "modes.c", "-o", folder / "modes.elf")
    command = (f"stty rows 33 cols 44 -echo; {BUILD}/bin/host-wrapper --provider "
               f"{BUILD}/providers/newlib-{arch}.so {folder}/modes.elf")
    result = run("script", "-qec", command, "/dev/null", stdin=subprocess.DEVNULL)
    assert result.stdout.splitlines() == ["1 0 0 1 33 44 -1"]


def test_link_gives_a_file_a_second_name(box):
    (box.root / "f").write_text("abc")
    (box.root / "d").mkdir()
    assert box.calls("link", "f", "/d/g", "link", "f", "d/g", "link", "none", "h",
                     "link", "d", "h", "link", "f", "none/h", "unlink", "f",
                     "stat", "d/g") == \
        ["0", "EEXIST", "ENOENT", "EPERM", "ENOENT", "0", "file 3"]


def test_link_reaches_no_file_outside_of_the_root(box):
    (box.root / "f").write_text("abc")
    (box.root / "to file").symlink_to("../secret/file")
    before = (box.secret / "file").stat().st_nlink
    assert box.calls("link", "../secret/file", "g", "link", "out/file", "g",
                     "link", "absolute/file", "g", "link", "f", "out/g",
                     "link", "f", "../g", "link", "..", "g", "link", "f", "out/../g",
                     "link", "to file", "h", "lstat", "h", "open", "h") == \
        ["EACCES"] * 5 + ["EPERM", "EACCES", "0", "link 14", "EACCES"]
    assert (box.secret / "file").stat().st_nlink == before
    assert sorted(path.name for path in box.top.iterdir()) == ["root", "secret"]
    assert sorted(path.name for path in box.secret.iterdir()) == ["empty", "file"]


def test_symlink_makes_links_that_are_followed_inside_the_root_only(box):
    (box.root / "f").write_text("abc")
    (box.root / "d").mkdir()
    assert box.calls("symlink", "../f", "d/l", "readlink", "d/l", "stat", "d/l",
                     "symlink", "x", "d/l", "symlink", "", "m", "symlink", "x", "/",
                     "symlink", "none", "n", "stat", "n", "lstat", "n") == \
        ["0", "../f", "file 3", "EEXIST", "ENOENT", "EEXIST", "0", "ENOENT", "link 4"]
    assert box.calls("symlink", "../secret/file", "s", "open", "s", "stat", "s",
                     "access", "s", 4, "truncate", "s", 0, "chmod", "s", "600",
                     "create", "s", "symlink", "../secret", "t", "list", "t",
                     "create", "t/new", "mkdir", "t/new", "readlink", "s") == \
        ["0"] + ["EACCES"] * 6 + ["0"] + ["EACCES"] * 3 + ["../secret/file"]
    assert (box.secret / "file").read_text() == "secret"


def test_symlink_makes_no_absolute_link_and_none_outside_of_the_root(box):
    assert box.calls("symlink", "/f", "l", "symlink", str(box.secret), "l",
                     "symlink", "x", "../l", "symlink", "x", "out/l",
                     "symlink", "x", "absolute/l", "lstat", "l") == \
        ["EACCES"] * 5 + ["ENOENT"]
    assert sorted(path.name for path in box.secret.iterdir()) == ["empty", "file"]


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


def test_chdir_changes_where_every_relative_path_begins(box):
    (box.root / "d/e").mkdir(parents=True)
    (box.root / "d/f").write_text("abc")
    assert box.calls(
        "chdir", "d", "stat", "f", "lstat", "f", "access", "f", 4, "open", "f",
        "truncate", "f", 1, "link", "f", "g", "symlink", "f", "s", "readlink", "s",
        "rename", "g", "e/g", "chmod", "e/g", "600", "touch", "e/g", "mkdir", "m",
        "list", "e", "rmdir", "m", "unlink", "s", "unlink", "e/g", "stat", "/d/f",
        "stat", "../d/f", "stat", "d/f", "create", "new") == [
            "0", "file 3", "file 3", "0", "0", "0", "0", "0", "f", "0", "0", "0", "0",
            "..:4 .:4 g:8 end", "0", "0", "0", "0", "file 1", "file 1", "ENOENT", "0"]
    assert sorted(path.name for path in (box.root / "d").iterdir()) == ["e", "f", "new"]


def test_getcwd_tells_the_directory_without_links_and_dots(box):
    (box.root / "d/e").mkdir(parents=True)
    (box.root / "d/up").symlink_to("../l")
    (box.root / "l").symlink_to("d/./e/")
    assert box.calls("getcwd", "chdir", "d//e/../.", "getcwd", "chdir", "up", "getcwd",
                     "chdir", "..", "getcwd", "chdir", "/", "getcwd", "chdir", "/l/.",
                     "getcwd", "chdir", ".", "getcwd") == \
        ["/", "0", "/d", "0", "/d/e", "0", "/d", "0", "/", "0", "/d/e", "0", "/d/e"]


def test_chdir_goes_nowhere_outside_of_the_root_and_fails_as_posix_says(box):
    (box.root / "d").mkdir()
    (box.root / "f").write_text("")
    (box.root / "d/out").symlink_to("../../secret")
    long = "x" * 250
    assert box.calls("chdir", "..", "chdir", "d/../..", "chdir", "out", "chdir",
                     "absolute", "chdir", "d/out/empty", "chdir", "loop", "chdir", "f",
                     "chdir", "f/", "chdir", "f/x", "chdir", "none", "chdir", "",
                     "chdir", "/".join([long] * 5), "getcwd") == \
        ["EACCES"] * 5 + ["ELOOP"] + ["ENOTDIR"] * 3 + ["ENOENT"] * 2 + \
        ["ENAMETOOLONG", "/"]
    assert box.calls("chdir", "d", "stat", "../../secret/file", "list", "out",
                     "open", "out/file", "create", "../../new") == \
        ["0"] + ["EACCES"] * 4
    assert sorted(path.name for path in box.top.iterdir()) == ["root", "secret"]


def test_chdir_leaves_by_dots_only_what_is_a_directory(box):
    (box.root / "d").mkdir()
    (box.root / "f").write_text("")
    (box.root / "to-f").symlink_to("f")
    (box.root / "to-d").symlink_to("d")
    assert box.calls("chdir", "f/..", "chdir", "to-f/..", "chdir", "f/./..", "chdir",
                     "d/../f/../d", "chdir", "none/..", "chdir", "to-d/..", "chdir",
                     "d/../to-d", "getcwd") == \
        ["ENOTDIR"] * 4 + ["ENOENT", "0", "0", "/d"]


def test_a_path_that_is_too_long_with_the_working_directory_is_an_error(box):
    deep = "/".join(["y" * 200] * 4)
    (box.root / deep).mkdir(parents=True)
    fits, too_long = "z" * 218, "z" * 219
    assert box.calls("chdir", deep, "create", fits, "stat", fits, "create", too_long,
                     "chdir", fits, "chdir", too_long) == \
        ["0", "0", "file 0", "ENAMETOOLONG", "ENOTDIR", "ENAMETOOLONG"]
