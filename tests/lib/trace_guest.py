"""The guest of tests/trace/guests, with its provider, and what a trace of it says."""

import json
import re

from conftest import ROOT

GUESTS = ROOT / "tests/trace/guests"


class TraceGuest:
    """Guest and provider, built for one test."""

    def __init__(self, tools):
        self.tools = tools
        self.guest = tools.guest(GUESTS / "trace_guest.c", "-I", GUESTS)
        self.provider = tools.provider(GUESTS / "trace_provider.c", "-I", GUESTS)

    def run(self, *options, **how):
        return self.tools.wrapper(*options, "--provider", self.provider, self.guest,
                                  **how)

    def events(self, *options):
        """The events of its trace file, without those that name tracks."""
        path = self.tools.directory / "trace.json"
        result = self.run("--trace-file", path, *options)
        assert (result.stderr, result.returncode) == ("", 0)
        return [event for event in read_events(path) if event["ph"] != "M"]


def read_events(path):
    """The events of a trace file, each checked against the Trace Event Format."""
    trace = json.loads(path.read_text())
    assert set(trace) == {"displayTimeUnit", "traceEvents"}
    for event in trace["traceEvents"]:
        check_event(event)
    return trace["traceEvents"]


def check_event(event):
    """Raise unless it has what Perfetto's importer of JSON needs for its phase."""
    keys = {"M": {"args"}, "X": {"cat", "ts", "dur", "args"}, "B": {"cat", "ts", "args"},
            "i": {"cat", "ts", "s"}}[event["ph"]]
    assert set(event) == keys | {"ph", "pid", "tid", "name"}, event
    assert isinstance(event["name"], str) and event["name"], event
    assert isinstance(event["pid"], int) and isinstance(event["tid"], int), event
    for key in {"ts", "dur"} & set(event):
        assert isinstance(event[key], float) and event[key] >= 0, event
    if event["ph"] == "M":
        assert event["name"] in ("process_name", "thread_name", "thread_sort_index")
    if event["ph"] == "i":
        assert event["s"] in ("t", "p"), event


def without_times(text):
    """The lines of a trace without time and duration."""
    return re.sub(r"^ *\d+\.\d{6} ", "", re.sub(r" <\d+\.\d{9}>$", "", text,
                                                flags=re.MULTILINE),
                  flags=re.MULTILINE)
