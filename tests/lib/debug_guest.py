"""The guest that debuggers and profilers look at, and gdb as a user types it."""

import os
import re
import subprocess

from conftest import BUILD, HANGS, ROOT, Toolbox, run

GUESTS = ROOT / "tests/debug/guests"
SOURCE = (GUESTS / "frames_guest.c").read_text()
# A script cannot answer "y" to the question whether a breakpoint may wait for its
# function. No server is asked for sources.
SCRIPTED = ["set breakpoint pending on", "set debuginfod enabled off", "set width 0"]


def line(text):
    """The number of the guest's line that has this comment."""
    return next(number for number, code in enumerate(SOURCE.splitlines(), 1)
                if f"/* {text} */" in code)


class DebugGuest:
    """frames_guest.c and its provider, for one architecture."""

    def __init__(self, directory, arch, pie=False):
        self.tools, self.kind = Toolbox(directory, arch), [arch, *["pie"] * bool(pie)]
        self.guest = self.tools.link(
            self.tools.compile(GUESTS / "frames_guest.c", "-fno-omit-frame-pointer",
                               "-fno-optimize-sibling-calls", optimize="-O1",
                               pic="-fpie" if pie else "-fno-pie"),
            name="frames", pie=pie)
        self.provider = self.tools.provider(
            GUESTS / "frames_provider.c", "-fno-optimize-sibling-calls",
            "-I", GUESTS, name="frames")
        self.runner = BUILD / f"bin/jumpslot-runner-{arch}"

    def command(self, *arguments, options=()):
        return [BUILD / "bin/host-wrapper", "--provider", self.provider, *options,
                self.guest, *arguments]

    def gdb(self, *commands, arguments=(), options=()):
        """gdb's output, of both streams, for commands at a run from its start."""
        return gdb(commands, "--args", *self.command(*arguments, options=options))


def gdb(commands, *arguments):
    words = [word for each in (*SCRIPTED, *commands) for word in ("-ex", each)]
    result = run("gdb", "-nx", "-batch", *words, *arguments, stdin=subprocess.DEVNULL,
                 check=False, timeout=HANGS)
    return result.stdout + result.stderr


def frames(output):
    """(function, line of a source or None) of each frame of backtraces."""
    found = re.findall(r"^#\d+ +(?:0x[0-9a-f]+ in )?(<signal handler called>|[\w.]+)"
                       r"(?: \(.*\))?(?: at \S+:(\d+))?", output, re.MULTILINE)
    return [(name, int(number) if number else None) for name, number in found]


def functions(output):
    return [name for name, _ in frames(output)]


def environment():
    """Without what make and a developer may have set for gdb, perf and valgrind."""
    return {name: value for name, value in os.environ.items()
            if not name.startswith(("GDB", "PERF", "VALGRIND", "DEBUGINFOD"))}
