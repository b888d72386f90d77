"""A core file of the runner opens in gdb with the guest's frames.

The kernel writes it where kernel.core_pattern says, which a test leaves alone. So one
test has gdb write the file, with the kernel's choice of memory.
"""

import resource
import subprocess
from pathlib import Path

import pytest
from conftest import HANGS
from debug_guest import DebugGuest, frames, functions, gdb, line

CRASH = ["crash", "_start", "jumpslot_enter"]


@pytest.fixture(scope="module", params=["x86_64", "i386", "x86_64 pie"])
def guest(request, tmp_path_factory):
    return DebugGuest(tmp_path_factory.mktemp("core"), *request.param.split())


def allow_core():
    resource.setrlimit(resource.RLIMIT_CORE, [resource.getrlimit(
        resource.RLIMIT_CORE)[1]] * 2)


def crash(guest, directory, *options):
    directory.mkdir(exist_ok=True)
    return subprocess.run(
        list(map(str, guest.command("c", options=options))), cwd=directory,
        preexec_fn=allow_core, capture_output=True, text=True, timeout=HANGS)


def test_a_core_file_shows_the_guests_frames(guest, tmp_path):
    core = tmp_path / "core"
    guest.gdb("run", f"generate-core-file {core}", "kill", arguments=["c"])
    shown = gdb(["bt"], guest.runner, core)
    assert functions(shown)[-3:] == CRASH, shown
    assert frames(shown)[-3][1] in range(line("the crash") - 3, line("the crash") + 1)


def test_the_kernel_writes_a_core_file_if_it_is_asked_for(guest, tmp_path):
    assert resource.getrlimit(resource.RLIMIT_CORE)[1] == resource.RLIM_INFINITY
    result = crash(guest, tmp_path / "with", "--core", "--in-place")
    assert result.returncode == -11
    pattern = Path("/proc/sys/kernel/core_pattern").read_text().strip()
    if pattern.startswith(("|", "/")):
        return  # the file is a program's, or in a directory of the system
    crash(guest, tmp_path / "supervised", "--core")
    for directory in "with", "supervised":
        core, = (tmp_path / directory).iterdir()
        shown = gdb(["bt"], guest.runner, core)
        assert functions(shown)[-3:] == CRASH, shown


def test_the_sandbox_writes_no_core_file_by_default(guest, tmp_path):
    crash(guest, tmp_path / "without")
    assert not list((tmp_path / "without").iterdir())
