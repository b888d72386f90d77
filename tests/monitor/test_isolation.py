"""Neighbours are isolated in time and memory: what one does, another cannot see.

MONITOR_FULL=1 runs the chaos guest with hundreds of seeds.
"""

import os
import re
from statistics import median

import pytest
from conftest import each_arch as arch  # noqa: F401
from partition import build, lines_of, run_model, write_model

OTHER = {"x86_64": "i386", "i386": "x86_64"}
FULL = os.environ.get("MONITOR_FULL") == "1"
SEEDS = range(1, 201 if FULL else 6)
ACTS = ["spin", "crash", "restart", "exit", "write", "call", "fault", "port"]
RESTARTS = [{"partition": "noise", "error": error, "level": "partition",
             "action": "restart cold"}
            for error in ("fault", "illegal", "arithmetic", "stack", "missing", "exit")]
# Of a neighbour to itself, and to somebody who does not want to hear it.
CHANNELS = """
[[channel]]
name = "queue"
kind = "queuing"
size = 8192
depth = 2
from = { partition = "noise", port = "out", vector = 8 }
to = [{ partition = "noise", port = "in", vector = 9 }]
[[channel]]
name = "samples"
kind = "sampling"
size = 8192
refresh = "1 s"
from = { partition = "noise", port = "samples" }
to = [{ partition = "OTHER", port = "samples", vector = 7 }]
"""
COUNTS = re.compile(r"(intact|CORRUPT): (\d+) ticks, (\d+) missed")
FRAME = 2100000  # ns
SLOT = 500000


def counts(result):
    """The counts of the canary, whatever dots its neighbour writes in between."""
    found = COUNTS.findall(re.sub(r"[.\n]|\[noise\] ", "", result.stdout))
    assert len(found) == 1, result.stdout[-1000:] + result.stderr
    return found[0]


def add_channels(path, other):
    path.write_text(path.read_text() + CHANNELS.replace("OTHER", other))


def beside(tools, directory, arch, noise, *arguments):
    """The canary's counts, with a neighbour in half of the time."""
    path = write_model(directory, {
        "canary": (build(tools, "canary", arch), 5000, {"arguments": ["100"]}),
        "noise": (noise, 5000, {"arguments": list(arguments)}),
    }, run="200 ms", health=RESTARTS)
    add_channels(path, "canary")
    return counts(run_model(path, errors="replace"))  # chaos writes any byte


@pytest.fixture
def alone(tools, tmp_path, arch):
    """Beside a neighbour that has nothing to do."""
    idle = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_cpu.h>
        JUMPSLOT_ENTRY(info) { (void)info; _CPU_Virtual_idle_thread(); return 0; }
        """, arch=OTHER[arch], name="idle")
    return beside(tools, tmp_path, arch, idle)


def test_no_neighbour_changes_the_ticks_of_a_partition(tools, tmp_path, arch, alone):
    assert alone[0] == "intact" and int(alone[1]) > 100
    noise = build(tools, "noise", OTHER[arch])
    for act in ACTS:
        assert (act, beside(tools, tmp_path, arch, noise, act)) == (act, alone)


@pytest.mark.parametrize("seed", SEEDS)
def test_chaos_reaches_no_neighbour(tools, tmp_path, arch, seed):
    chaos = build(tools, "chaos", OTHER[arch])
    assert beside(tools, tmp_path, arch, chaos, str(seed))[0] == "intact"


def rows(lines):
    pairs = [re.fullmatch("([0-9a-f]{16}) ([0-9a-f]{16})", line) for line in lines]
    return [(int(pair[1], 16), int(pair[2], 16)) for pair in pairs if pair]


def lateness(ends, starts):
    """
    Upper bounds of the lateness of slots, in ns. `ends`: the last moments that a
    partition saw in its slots, which end a slot's length before: each boundary comes
    after that.
    """
    half = len(starts) // 2
    frame = median((starts[i + half] - starts[i]) / half for i in range(half))
    slot = SLOT * frame / FRAME
    first = starts[0]
    frames = [round((start - first) / frame) for start in starts]
    edge = max(moment + slot - frame * round((moment + slot - first) / frame)
               for moment in ends)
    return [start - edge - frame * number for number, start in zip(frames, starts)]


def histogram(values):
    step = 200
    bins = {}
    for value in values:
        bins[int(value) // step * step] = bins.get(int(value) // step * step, 0) + 1
    return "".join(f"  {low:5} ns {'#' * (count // 10)} {count}\n"
                   for low, count in sorted(bins.items()))


def lateness_after(tools, directory, arch, act):
    """Upper bounds of the lateness of slots after those of a neighbour."""
    path = write_model(directory, {
        "first": (build(tools, "slots", arch), SLOT // 1000, {}),
        "noise": (build(tools, "noise", arch), SLOT // 1000, {"arguments": [act]}),
        "last": (build(tools, "slots", OTHER[arch]), SLOT // 1000,
                 {"arguments": ["later"]}),
    }, frame=f"{FRAME // 1000} us", run="500 ms", health=RESTARTS)
    add_channels(path, "last")
    result = run_model(path)
    found = {name: rows(lines_of(result, name)) for name in ("first", "last")}
    assert [len(each) for each in found.values()] == [100, 100]
    return lateness([end for end, _ in found["first"][1:99]],
                    [start for _, start in found["last"][1:99]])


def test_slots_begin_less_than_3_us_late(tools, tmp_path, arch, capsys):
    late = {act: lateness_after(tools, tmp_path, arch, act) for act in ACTS}
    with capsys.disabled():
        print(f"\nslots after one of {arch} begin late by, at most:")
        for act, values in late.items():
            print(f"  {act:8}{max(values):6.0f} ns")
        print(histogram(sum(late.values(), [])), end="")
    assert 0 < min(map(min, late.values()))
    assert not {act for act, values in late.items() if max(values) >= 3000}
