"""A program that begins at main() has its start information and a part of its memory."""

import re

import pytest
from conftest import BUILD, MACHINE, ROOT, run

GUEST = ROOT / "tests/newlib/guests/start.c"
MEGABYTE = 1 << 20
FULL = "out of memory: the work area is full (use a larger --work-area)\n"


class Program:
    """The guest of one architecture, with a heap of a size or without."""

    def __init__(self, arch, directory):
        self.arch, self.directory = arch, directory

    def run(self, heap=None):
        guest = self.directory / "guest.elf"
        run(ROOT / "gen/jumpslot-cc", "--newlib", f"--build={BUILD}", MACHINE[self.arch],
            "-O2", "-Wall", "-Wextra", "-Werror", *([f"-DHEAP={heap}"] if heap else []),
            GUEST, "-o", guest)
        return run(BUILD / "bin/host-wrapper", "--work-area", "4M", "--provider",
                   BUILD / f"providers/newlib-{self.arch}.so", guest, "word",
                   check=False)


@pytest.fixture(params=["x86_64", "i386"])
def program(request, tmp_path):
    return Program(request.param, tmp_path)


def heap_of(result, rest):
    assert (result.stderr, result.returncode) == (FULL, 0)
    line, memory = result.stdout.splitlines()
    assert line.endswith("/guest.elf word")
    return int(re.fullmatch(rf"{rest} of {4 * MEGABYTE}, heap (\d+)", memory)[1])


def test_without_a_heap_size_the_heap_is_the_whole_area(program):
    assert heap_of(program.run(), 0) > 3.8 * MEGABYTE


def test_a_heap_size_leaves_the_rest_to_the_program(program):
    """Rounded up to whole pages."""
    assert 0.8 * MEGABYTE < heap_of(program.run(MEGABYTE - 4095), 3 * MEGABYTE) < MEGABYTE


def test_a_heap_larger_than_the_area_ends_the_guest(program):
    result = program.run(4 * MEGABYTE + 1)
    assert (result.stdout, result.returncode) == (
        "jumpslot_heap_size: too large (expected a larger --work-area)\n", 1)
