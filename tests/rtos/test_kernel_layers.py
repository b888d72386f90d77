"""guests/rtos/kernel is layered: the parts include each other without a circle, and each
source names the parts that it depends on in its first comment."""

import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from conftest import ROOT

KERNEL = ROOT / "guests/rtos/kernel"
PARTS = sorted({path.stem for path in KERNEL.glob("*.[ch]")})
INCLUDE = re.compile(r'^#include "(\w+)\.h"$', re.M)


def includes(path):
    """The parts of the kernel, and "cpu", that a file includes."""
    return set(INCLUDE.findall(path.read_text())) - {path.stem}


def dependencies():
    """A part is NAME.h and NAME.c, whichever exist."""
    return {part: set().union(*(includes(path) for path in KERNEL.glob(f"{part}.[ch]")))
            for part in PARTS}


def circle(graph):
    """The parts of one circle, or None."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return None


def test_the_parts_of_the_kernel_include_each_other_without_a_circle():
    graph = dependencies()
    assert len(graph) > 15 and graph["thread"] >= {"sched", "wait"}
    assert circle(graph) is None


def test_a_circle_would_be_found():
    graph = dependencies()
    graph["sched"] = graph["sched"] | {"thread"}
    assert {"sched", "thread"} <= set(circle(graph))


@pytest.mark.parametrize("name", sorted(path.name for path in KERNEL.glob("*.[ch]")))
def test_the_first_comment_names_the_parts_that_a_file_depends_on(name):
    """A source file also names the dependencies of its own header."""
    path = KERNEL / name
    stated = re.match(r"/\*.*?Depends (?:only )?on (.*?)\*/", path.read_text(), re.S)[1]
    named = set(re.findall(r"\w+", re.sub(r"<.*?>", "", stated))) & {*PARTS, "cpu"}
    own_header = path.with_suffix(".h")
    assert named - {path.stem} == includes(path) | includes(own_header)


def test_only_the_processor_interface_leads_out_of_the_kernel():
    outside = set().union(*dependencies().values()) - set(PARTS)
    assert outside == {"cpu"}


def test_cpu_h_includes_nothing_of_the_kernel():
    assert includes(Path(ROOT / "guests/rtos/cpu/cpu.h")) == {"cpu_level"}
    for cpu in "native", "virtual":
        assert includes(ROOT / f"guests/rtos/cpu/{cpu}/cpu_level.h") == set()
