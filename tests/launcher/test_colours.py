"""Colours of the reports: on a terminal that has them, and nowhere else."""

import os
import pty
import re
import subprocess

import pytest
from conftest import BUILD, HANGS

GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC(int, sensor_read, int)
    JUMPSLOT_ENTRY(info) { (void)info; return sensor_read(1) + 1; }
    """
ESCAPES = re.compile(r"\x1b\[\d*m")


def on_terminal(command, **environment):
    """Return the output of the command on a terminal."""
    ours, its = pty.openpty()
    kept = {name: value for name, value in os.environ.items()
            if name not in ("NO_COLOR", "TERM")}
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=its, stderr=its,
                   env={**kept, **environment}, timeout=HANGS)
    os.close(its)
    printed = b""
    try:
        while part := os.read(ours, 4096):
            printed += part
    except OSError:  # the end of a terminal's output
        pass
    os.close(ours)
    return printed.decode().replace("\r\n", "\n")


def test_a_terminal_shows_statuses_in_colours(tools):
    command = [BUILD / "bin/host-wrapper", "--report", tools.guest(GUEST)]
    shown = on_terminal(command, TERM="xterm")
    assert re.search(r"^\x1b\[1m  IMPORT .*STATUS\x1b\[m$", shown, re.M)
    assert re.search(r"^  sensor_read +ii +- +- +\x1b\[31mMISSING\x1b\[m$", shown, re.M)
    assert "\n  \x1b[31mmissing\x1b[m: int sensor_read(int), declared at " in shown
    assert ESCAPES.sub("", shown) == tools.wrapper(*command[1:]).stderr


@pytest.mark.parametrize("environment", [
    {"TERM": "xterm", "NO_COLOR": "1"}, {"TERM": "dumb"}, {}])
def test_a_terminal_without_colours_shows_none(tools, environment):
    command = [BUILD / "bin/host-wrapper", "--report", tools.guest(GUEST)]
    assert "\x1b" not in on_terminal(command, **environment)


def test_an_empty_no_color_asks_for_nothing(tools):
    command = [BUILD / "bin/host-wrapper", "--report", tools.guest(GUEST)]
    assert "\x1b[31m" in on_terminal(command, TERM="xterm", NO_COLOR="")


def test_a_file_has_no_colours(tools, monkeypatch):
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "xterm")
    result = tools.wrapper("--report", tools.guest(GUEST))
    assert "MISSING" in result.stderr and "\x1b" not in result.stderr
