"""Each folder of host-wrapper is a room, and arrows between rooms lead one way."""

import re

import pytest
from conftest import ROOT

HOST_WRAPPER = ROOT / "host-wrapper"
# Where an include is looked for, after the folder of the file itself.
PATHS = [HOST_WRAPPER, ROOT, ROOT / "guest-macros", HOST_WRAPPER / "include"]
INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', re.MULTILINE)
# A room may include only these others. Files of launcher/ itself are rooms of their own:
# main is above all others, options is below most.
ALLOWED = {
    "guest-macros": set(),
    "resolver": set(),
    "include": {"guest-macros"},
    "common": {"guest-macros"},
    "backtrace": {"common", "guest-macros"},
    "vcpu": {"common", "guest-macros", "include"},
    "runner": {"common", "guest-macros", "include", "resolver", "vcpu"},
    "process": {"common", "guest-macros", "include", "resolver", "runner", "vcpu"},
    "kvm": {"common", "guest-macros", "include", "resolver", "runner", "vcpu"},
    "monitor": set(),
    "monitor/kernel": {"common", "guest-macros", "include", "monitor", "vcpu"},
    "monitor/library": {"common", "guest-macros", "monitor"},
    "monitor/runtime": {"common", "guest-macros", "include", "monitor", "runner", "vcpu"},
    "musl": {"common"},
    "linked": {"common", "guest-macros", "include", "runner"},
    "launcher/options": {"common", "guest-macros"},
    "launcher/control_command": set(),
    "launcher/control_client": {"common", "launcher/control_command"},
    "launcher/output_file": {"common", "launcher/link"},
    "launcher/model": {"common", "launcher/options"},
    "launcher/scan": {"common", "guest-macros"},
    "launcher/built_in": {"common", "launcher/scan"},
    "tables": {"launcher/built_in", "launcher/scan"},
    "launcher/link": {"common", "guest-macros", "launcher/built_in", "launcher/options",
                      "launcher/scan"},
    "launcher/trace": {"common", "guest-macros", "launcher/link", "launcher/output_file",
                       "launcher/scan"},
    "launcher/run": {"common", "guest-macros", "launcher/control_command",
                     "launcher/link", "launcher/model", "launcher/options",
                     "launcher/output_file", "launcher/scan", "launcher/trace"},
    "launcher/monitor": {"common", "guest-macros", "launcher/link", "launcher/options",
                         "launcher/output_file", "launcher/run", "launcher/scan",
                         "monitor"},
    "launcher/launch": {"common", "guest-macros", "launcher/link", "launcher/model",
                        "launcher/monitor", "launcher/options", "launcher/output_file",
                        "launcher/run", "launcher/trace"},
    "launcher/main": {"common", "guest-macros", "launcher/control_client",
                      "launcher/launch", "launcher/monitor", "launcher/run"},
}


def room_of(path):
    parts = path.relative_to(ROOT).parts
    if parts[0] != "host-wrapper":
        return parts[0]
    if parts[1] == "monitor":
        return "/".join(parts[1:-1])
    if parts[1] == "launcher":
        return f"launcher/{parts[2].split('.')[0]}"
    return parts[1]


def files():
    return [path for folder in ("host-wrapper", "guest-macros", "resolver")
            for path in sorted((ROOT / folder).rglob("*.[chS]"))]


def included(path):
    """The files of this project that `path` includes."""
    for name in INCLUDE.findall(path.read_text()):
        for folder in [path.parent, *PATHS]:
            if (folder / name).is_file():
                yield (folder / name).resolve()
                break


def arrows():
    return {(path, to) for path in files() for to in included(path)
            if room_of(path) != room_of(to)}


def test_rooms_include_only_the_rooms_below_them():
    wrong = [f"{path.relative_to(ROOT)} includes {to.relative_to(ROOT)}"
             for path, to in sorted(arrows())
             if room_of(to) not in ALLOWED[room_of(path)]]
    assert not wrong, "\n".join(wrong)


def test_no_host_is_needed_by_what_all_hosts_share():
    """Another host can be added beside process/ without touching that."""
    shared = ("runner", "vcpu", "common")
    hosts = ("process", "kvm")
    assert not [path for path, to in arrows()
                if room_of(path) in shared and room_of(to) in hosts]
    assert not [path for path, to in arrows()
                if room_of(path) in hosts and room_of(to) in hosts]


@pytest.mark.parametrize("room", ALLOWED)
def test_no_room_includes_itself_by_way_of_others(room):
    reached, new = set(), {room}
    while new:
        reached |= new
        new = {to for start in new for to in ALLOWED[start]} - reached
        assert room not in {to for start in new for to in ALLOWED[start]}


def test_no_header_includes_itself_by_way_of_others():
    headers = {path: [to for to in included(path) if to.suffix == ".h"]
               for path in files() if path.suffix == ".h"}
    done = set()

    def follow(header, path):
        assert header not in path, [each.name for each in (*path, header)]
        if header in done:
            return
        for to in headers[header]:
            follow(to, (*path, header))
        done.add(header)
    for header in headers:
        follow(header, ())


def test_each_room_is_known():
    assert {room_of(path) for path in files()} == set(ALLOWED)
