"""docs/porting-an-rtos.md: its code, as it stands there, in as much of RTEMS and FreeRTOS as it
needs."""

import re

import pytest
from conftest import ROOT, Toolbox, each_arch as arch  # noqa: F401

GUESTS = ROOT / "tests/guests"
PAGE = (ROOT / "docs/porting-an-rtos.md").read_text()


def code_of(title):
    """All C of a section of the page, in its order."""
    section = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)[1]
    return "".join(re.findall(r"^```c\n(.*?)^```$", section, re.M | re.S))


def guest(tools, title, *more, **options):
    tools.write("page.h", code_of(title))
    source = GUESTS / f"porting_{title.lower()}_guest.c"
    objects = [tools.compile(source, "-I", tools.directory, "-I", GUESTS, *more, **options)]
    return tools.link(*objects, "-lgcc", name=title)


def test_each_function_that_the_page_names_is_there():
    headers = "".join((ROOT / "guest-macros/jumpslot" / name).read_text() for name in
                      ("virt_cpu.h", "virt_bsp.h", "rtems_paravirt.h"))
    declared = set(re.findall(r"\w+", headers))
    named = set(re.findall(r"\b(?:_CPU_Virtual_|_BSP_Virtual_|i386_)\w+", PAGE))
    assert len(named) > 20
    assert named - declared == set()


@pytest.mark.parametrize("case,promise", [
    ("threads", "interrupts and threads switch, and each thread has its own level"),
    ("dispatch", "an interrupt in the dispatch of another is dispatched behind it"),
    ("backlog", "a period that could not be delivered is a tick"),
])
def test_the_code_for_rtems(tools, arch, case, promise):  # noqa: F811
    image = guest(tools, "RTEMS", "-include", "jumpslot/rtems_paravirt.h")
    result = Toolbox.wrapper("--timeout", 60, image, case)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0), promise


@pytest.mark.parametrize("case,promise", [
    ("turns", "a yield switches, a tick too, and neither in a critical section"),
    ("sleep", "a sleep ends at its time, and all its periods were ticks"),
    ("late", "a sleep that lasts longer loses no tick, and is not stepped beyond its time"),
    ("wake", "an interrupt ends it early"),
    ("backlog", "periods of before are ticks too"),
    ("pended", "a tick that FreeRTOS has not seen yet keeps it awake"),
])
def test_the_code_for_freertos(tools, arch, case, promise):  # noqa: F811
    result = Toolbox.wrapper("--timeout", 60, guest(tools, "FreeRTOS"), case)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0), promise
