"""A guest on newlib that makes POSIX calls in a root folder, with a secret beside it.

Runs as the tests' own user, and, where that is root, as an ordinary user too; with
faccessat2(), and on a kernel that seems to lack it. Depends on newlib and its provider.
"""

import atexit
import errno
import functools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from conftest import BUILD, MACHINE, ROOT, run

GUESTS = ROOT / "tests/newlib/guests"
NOBODY = 65534
USERS = ["own", "ordinary"] if os.getuid() == 0 else ["own"]
# The error of faccessat2(): 0 if the kernel's own decides.
REFUSED = {"faccessat2": 0, "access": errno.ENOSYS}


@functools.cache
def build(arch):
    """A folder with the guests, built once, that every user can read."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    folder.chmod(0o755)
    for name in "calls", "answers", "memory", "posix", "prints":
        run(ROOT / "gen/jumpslot-cc", "--newlib", f"--build={BUILD}",
            MACHINE[arch], "-O2", "-Wall", "-Wextra", "-Werror",
            GUESTS / f"{name}.c", "-o", folder / f"{name}.elf")
    run("gcc", "-O2", "-Wall", "-Werror", ROOT / "tests/newlib/refuse.c",
        "-o", folder / "refuse")
    return folder


@pytest.fixture(params=["x86_64", "i386"])
def built(request):
    """(architecture, folder with the guests)."""
    return request.param, build(request.param)


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
