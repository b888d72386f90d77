"""The launcher's rooms include in one direction: scan <- link <- run."""

import re

import pytest
from conftest import ROOT

LAUNCHER = ROOT / "host-wrapper/launcher"
MAY_INCLUDE = {"scan": {"scan"}, "link": {"scan", "link"}, "run": {"scan", "link", "run"}}


def rooms_of(file):
    """The rooms whose headers a file includes; its own room for plain names."""
    for path in re.findall(r'^#include "(.*)"', file.read_text(), re.MULTILINE):
        if path.startswith("launcher/"):
            yield path.split("/")[1]
        elif "/" not in path:
            yield file.parent.name


@pytest.mark.parametrize("room", MAY_INCLUDE)
def test_a_room_includes_nothing_of_the_rooms_after_it(room):
    files = list((LAUNCHER / room).glob("*.[ch]"))
    assert files
    for file in files:
        # Every room may know the checked command line, which includes no room.
        assert set(rooms_of(file)) - {"options.h"} <= MAY_INCLUDE[room], file


def test_headers_of_the_launcher_form_no_circle():
    headers = {file.name: re.findall(r'^#include "(?:\w+/)*(\w+\.h)"', file.read_text(),
                                     re.MULTILINE) for file in LAUNCHER.rglob("*.h")}

    def reach(name, path):
        assert name not in path, [*path, name]
        for each in headers.get(name, []):
            reach(each, (*path, name))
    for name in headers:
        reach(name, ())
