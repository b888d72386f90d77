"""Guests whose interrupts other processes raise: by lines, and by their console's input.

Test files import the fixtures of this module by name.
"""

import os
import re
import socket
import subprocess

import pytest
from conftest import HANGS, HOST, ROOT, WRAPPER, Toolbox

GUESTS = ROOT / "tests/interrupts/guests"


class Guests:
    """The guests and the provider of these tests, for one architecture."""

    def __init__(self, tools):
        flags = "-I", GUESTS
        self.tools = tools
        self.lines = tools.guest(GUESTS / "lines_guest.c", *flags, name="lines")
        self.console = tools.guest(GUESTS / "lines_console_guest.c", *flags,
                                   name="console")
        self.provider = tools.provider(GUESTS / "lines_provider.c", name="lines",
                                       needs=["write"])
        self.started = []

    def start(self, *words, lines=(), console=False, keep=(), timeout=300, **options):
        """Start host-wrapper with lines: ("3=fd", descriptor) or "3=unix:PATH"."""
        command = [*WRAPPER, "--timeout", timeout]
        if HOST == "monitor":  # input comes in real time, and no guest needs a provider
            command += ["--clock", "host"]
        else:
            command += ["--provider", f"{self.provider},{keep[0] if keep else 0}"]
        if keep:  # the sandbox closes inherited descriptors
            command.append("--sandbox=off")
        keep = list(keep)
        for line in lines:
            if isinstance(line, tuple):
                keep.append(line[1])
                line = f"{line[0]}:{line[1]}"
            command += ["--line", line]
        command += [self.console if console else self.lines, *words]
        options.setdefault("stdin", subprocess.DEVNULL)
        process = subprocess.Popen([str(word) for word in command],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   pass_fds=keep, **options)
        self.started.append(process)
        return process

    def kill_started(self):
        """End what a test started, even if it failed."""
        while self.started:
            process = self.started.pop()
            if process.returncode is None:
                process.kill()
                process.communicate()


@pytest.fixture(scope="module", params=["x86_64", "i386"])
def built_guests(request, tmp_path_factory):
    return Guests(Toolbox(tmp_path_factory.mktemp("lines"), request.param))


@pytest.fixture
def guests(built_guests):
    yield built_guests
    built_guests.kill_started()


class Pipe:
    """Two descriptors. The fixture that made them closes them after the test."""

    def __init__(self, ends):
        self.reader, self.writer = ends

    def close_reader(self):
        os.close(self.reader)
        self.reader = None

    def close_writer(self):
        os.close(self.writer)
        self.writer = None

    def close(self):
        for end in self.reader, self.writer:
            if end is not None:
                os.close(end)


@pytest.fixture
def pipes():
    """A function that makes a pipe, or a pair of sockets of the given kind."""
    made = []

    def make(kind=None):
        if kind is None:
            ends = os.pipe()
        else:
            ends = [end.detach() for end in socket.socketpair(socket.AF_UNIX, kind)]
        made.append(Pipe(ends))
        return made[-1]
    yield make
    for pipe in made:
        pipe.close()


def read_word(process, word):
    assert process.stdout.readline() == word + b"\n", process.stderr.read()


def ended(process):
    """Its remaining output, its errors and its status."""
    output, errors = process.communicate(timeout=HANGS)
    return output, errors, process.returncode


def counts_of(process):
    """The counts that a guest printed: a dict by line, and the coalesced interrupts."""
    output, errors, status = ended(process)
    assert (errors, status) == (b"", 0)
    counts = {name: int(value) for name, value in re.findall(rb"(\w+):(\d+)", output)}
    return counts, counts.pop(b"coalesced")


def send_to(path, times, message=b"x"):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.connect(str(path))
        for _ in range(times):
            sender.send(message)
