"""Shared by the tests of find-privileged: guests in assembly, and the result for them."""

import os
import re
import sys
from functools import partial
from pathlib import Path

from conftest import MAKE_BUILD, ROOT, run

sys.path.insert(0, str(ROOT / "gen"))
from jumpslot_elf.privileged_list import read_list  # noqa: E402
from jumpslot_elf.privileged_search import search_guest  # noqa: E402

TOOL = ROOT / "gen/find-privileged"
ENTRIES = read_list()
search = partial(search_guest, entries=ENTRIES)

# WORD, %Wax: a machine word, and a register of one. ADDRESS(x): loads x into %Wax.
START = """
        .macro function name
        .globl \\name
        .type \\name, @function
        \\name:
        .endm
        .macro end_of name
        .size \\name, . - \\name
        .endm
        .text
        function _start
        ret
        end_of _start
"""


def find_privileged(*arguments):
    return run("/usr/bin/python3", TOOL, *arguments, check=False)


def assemble(tools, arch, text, name="guest", pie=False, flags=()):
    """A guest of one source file in assembly."""
    address = {"i386": "mov $\\1, %eax", "x86_64": "lea \\1(%rip), %rax"}[arch]
    text = re.sub(r"ADDRESS\((\w+)\)", address, START + text)
    text = text.replace("WORD", {"i386": ".long", "x86_64": ".quad"}[arch])
    text = text.replace("%W", {"i386": "%e", "x86_64": "%r"}[arch])
    text = text.replace("SCALE", {"i386": "4", "x86_64": "8"}[arch])
    source = tools.write(f"{name}.s", text)
    target = tools.directory / f"{name}.o"
    guest = tools.directory / f"{name}.elf"
    run("as", {"i386": "--32", "x86_64": "--64"}[arch], "-g", source, "-o", target)
    run("ld", "-m", {"i386": "elf_i386", "x86_64": "elf_x86_64"}[arch], "-static",
        *(["-pie", "--no-dynamic-linker"] if pie else []), *flags, target, "-o", guest)
    return guest


def found(guest):
    """The names of the instructions found, and the symbols of places not searched."""
    result = search(guest)
    return ([each.entry.name for each in result.findings],
            [each.symbol.name for each in result.left_over])


def make(*arguments):
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    return run("make", "-s", "-C", ROOT, MAKE_BUILD, *arguments, env=environment,
               check=False)


def check_clean(variable):
    """The build searched the guests in a make variable, and found nothing in them."""
    rule = f"print-guests: ; @echo $({variable})"
    guests = make("--eval", rule, "print-guests").stdout.split()
    assert guests
    result = find_privileged(*guests)
    assert result.returncode == 0 and result.stderr == ""
    for guest, line in zip(guests, result.stdout.splitlines(), strict=True):
        assert re.fullmatch(rf"{guest}: nothing to replace in \d+ instructions", line)
        assert Path(f"{guest}.searched").exists()
