"""A guest on newlib that takes interrupts: a slow reader of its console stops none."""

import subprocess

import pytest
from conftest import BUILD, MACHINE, ROOT, run

GUEST = ROOT / "tests/newlib/guests/console.c"


@pytest.fixture(params=["x86_64", "i386"])
def command(request, tmp_path):
    run(ROOT / "gen/jumpslot-cc", "--newlib", f"--build={BUILD}", MACHINE[request.param],
        "-O2", "-Wall", "-Wextra", "-Werror", GUEST, "-o", tmp_path / "guest.elf")
    return [BUILD / "bin/host-wrapper", "--timeout", "600", "--provider",
            BUILD / f"providers/newlib-{request.param}.so", tmp_path / "guest.elf"]


def test_interrupts_come_while_nobody_reads_the_console(command):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True)
    assert process.stderr.readline() == "the clock ticks\n"
    lines = process.stdout.read().splitlines()
    assert lines == [f"line {i}" for i in range(len(lines))]
    assert (process.stderr.read(), process.wait()) == ("", 0)
    process.stdout.close()
    process.stderr.close()


def test_a_closed_console_is_closed_for_a_guest_with_interrupts(command):
    result = run(*command, "closed", check=False)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)
