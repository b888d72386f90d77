"""The provider's walk opens what openat2() with RESOLVE_BENEATH opens, and nothing else.

The sandbox allows the walk alone: openat2() takes permissions from memory.
"""

import os
import shutil

import pytest
from conftest import ROOT, run

LINKS = {"up": "..", "toe": "d/e", "tof": "d/f", "deep": "toe/../toe/./up",
         "toslash": "d/", "self": ".", "dangling": "d/new", "out": "../secret",
         "absolute": "/tmp", "loop": "loop", "link": "tof", "d/up": "..",
         "d/e/toe": "../../toe", "d/e/none": "nowhere/at/all"}


@pytest.fixture
def compare(tmp_path):
    program = tmp_path / "compare"
    run("gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-I", ROOT / "guests/newlib",
        "-I", ROOT / "host-wrapper/include", "-I", ROOT / "guest-macros",
        ROOT / "tests/newlib/walk_compare.c", ROOT / "guests/newlib/provider_walk.c",
        "-o", program)
    first = tmp_path / "kernel/root"
    (first / "d/e").mkdir(parents=True)
    for name, text in LINKS.items():
        (first / name).symlink_to(text)
    (first / "d/f").write_text("text")
    os.mkfifo(first / "d/fifo")
    second = tmp_path / "walk/root"
    second.mkdir(parents=True)
    run("cp", "-a", f"{first}/.", second)
    for root in first, second:
        (root.parent / "secret").mkdir()
        (root.parent / "secret/f").write_text("secret")

    def compare(seed, count):
        return run(program, seed, count, first, second).stdout.splitlines()
    yield compare
    trees = [sorted((str(path.relative_to(root.parent)), oct(path.lstat().st_mode))
                    for path in root.parent.rglob("*")) for root in (first, second)]
    assert trees[0] == trees[1]
    shutil.rmtree(first)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_walk_opens_what_openat2_opens(compare, seed):
    lines = compare(seed, 20000)
    assert len(lines) == 1, lines[:10]
    words = lines[0].replace(",", "").split()
    assert int(words[1]) > 1000 and int(words[3]) > 1000
