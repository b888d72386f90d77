"""The report says which gated calls compare MXCSR, and why.

The words are those of docs/host-wrapper.md. tests/calls and tests/interrupts prove that
the calls do what the report says.
"""

import json
import re

import pytest
from conftest import each_arch as arch, run  # noqa: F401

DECLARED = """
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC(int, gated, int)
    EXTERNAL_FUNC(int, direct, int)
    """
GUEST = """
    #include <jumpslot/entry.h>
    #include "declared.h"
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            %s
            return gated(1) + direct(2);
    }
    """
LOAD = 'static const unsigned value = 0x1f80; __asm__ volatile("%s %%0" : : "m"(value));'
GATED = "EF(gated) int gated(int a) { %s return a; }"
DIRECT = "EF(direct) JUMPSLOT_DIRECT(direct) int direct(int a) { %s return a; }"
INCLUDES = """
    #define _GNU_SOURCE
    #include <jumpslot/provider.h>
    #include <dlfcn.h>
    #include <fenv.h>
    #include <ucontext.h>
    #include "declared.h"
    """


class Guest:
    def __init__(self, tools, in_guest="", gated="", direct="", flags=()):
        tools.write("declared.h", DECLARED)
        self.tools = tools
        self.guest = tools.guest(GUEST % in_guest, "-msse2", "-I", tools.directory)
        self.gated = tools.provider(INCLUDES + GATED % gated, *flags, name="gated")
        self.direct = tools.provider(INCLUDES + DIRECT % direct, *flags, name="direct")

    def run(self, *options):
        return self.tools.wrapper("--provider", self.gated, "--provider", self.direct,
                                  *options, self.guest)

    def lines(self):
        """The report's lines about MXCSR, without directories and addresses."""
        return [re.sub(r"0x[0-9a-f]+", "0x", re.sub(r"/\S+/", "", line))
                for line in self.run("--list").stdout.splitlines() if "MXCSR" in line]

    def compares(self):
        """Whether calls compare it, and returns of gated()."""
        report = json.loads(self.run("--json").stdout)
        returns = {each["name"]: each["compares_mxcsr"] for each in report["imports"]}
        assert not returns["direct"]
        return report["compares_mxcsr"], returns["gated"]


def test_nothing_is_said_where_nothing_compares_it(tools):
    guest = Guest(tools)
    assert guest.lines() == []
    assert guest.compares() == (False, False)
    assert guest.run().returncode == 3


@pytest.mark.parametrize("instruction", ["ldmxcsr", "vldmxcsr"])
def test_code_of_the_guest_makes_every_call_compare(tools, arch, instruction):
    guest = Guest(tools, in_guest=LOAD % instruction)
    assert guest.lines() == [f"  gated calls compare MXCSR: guest-{arch}.elf: it has "
                             "code that loads MXCSR, at 0x"]
    assert guest.compares() == (True, False)


def test_code_of_a_provider_makes_the_returns_of_its_functions_compare(tools, arch):
    guest = Guest(tools, gated=LOAD % "ldmxcsr")
    assert guest.lines() == [f"  gated returns compare MXCSR: gated-{arch}.so: it has "
                             "code that loads MXCSR, at 0x"]
    assert guest.compares() == (False, True)


def test_a_direct_function_acts_in_the_guests_place(tools, arch):
    guest = Guest(tools, direct=LOAD % "ldmxcsr")
    reason = f"direct-{arch}.so: it has code that loads MXCSR, at 0x"
    assert guest.lines() == [f"  gated calls compare MXCSR: {reason}",
                             f"  gated returns compare MXCSR: {reason}"]
    assert guest.compares() == (True, False)


@pytest.mark.parametrize("call,name", [
    ("fesetround(FE_UPWARD);", "fesetround"),
    ("fenv_t e; feholdexcept(&e);", "feholdexcept"),
    ("feenableexcept(FE_DIVBYZERO);", "feenableexcept"),
    ("static ucontext_t c; setcontext(&c);", "setcontext"),
    ('dlopen("x.so", RTLD_NOW);', "dlopen"),
])
def test_a_call_of_a_function_that_may_change_it_counts(tools, arch, call, name):
    guest = Guest(tools, gated=call, flags=["-lm"])
    assert guest.lines() == [f"  gated returns compare MXCSR: gated-{arch}.so: it calls "
                             f"{name}()"]
    assert guest.compares() == (False, True)


def test_a_library_that_nobody_has_looked_at_counts(tools, arch):
    other = tools.directory / "libother.so"
    run("gcc", *{"x86_64": [], "i386": ["-m32"]}[arch], "-shared", "-fPIC",
        "-Wl,-soname,libother.so", "-o", other,
        tools.write("other.c", "int other; int *f(void) { return &other; }"))
    guest = Guest(tools, flags=["-Wl,--no-as-needed", other])
    assert guest.lines()[1:] == [
        f"  gated returns compare MXCSR: {name}-{arch}.so: it needs libother.so"
        for name in ("gated", "direct")]
    assert guest.compares() == (True, True)


def test_an_executable_stack_counts(tools, arch):
    guest = Guest(tools, flags=["-Wl,-z,execstack"])
    assert guest.lines()[-1] == (
        f"  gated returns compare MXCSR: direct-{arch}.so: it has an executable stack, "
        "relocations in code or unreadable tables")
    assert guest.compares() == (True, True)
