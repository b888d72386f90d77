"""Neighbours are isolated in time and memory: what one does, another cannot see.

MONITOR_FULL=1 runs the chaos guest with hundreds of seeds.
"""

import os
import re
from statistics import median

import pytest
from conftest import each_arch as arch  # noqa: F401
from partition import build, run_model, write_model

OTHER = {"x86_64": "i386", "i386": "x86_64"}
FULL = os.environ.get("MONITOR_FULL") == "1"
SEEDS = range(1, 201 if FULL else 6)
ACTS = ["spin", "crash", "restart", "write", "call", "fault"]
RESTARTS = [{"partition": "noise", "error": error, "level": "partition",
             "action": "restart cold"}
            for error in ("fault", "illegal", "arithmetic", "stack", "missing", "exit")]
COUNTS = re.compile(r"(intact|CORRUPT): (\d+) ticks, (\d+) missed")
FRAME = 2100000  # ns
SLOT = 500000


def counts(result):
    """The counts of the canary, whatever dots its neighbour writes in between."""
    found = COUNTS.findall(re.sub(r"[.\n]|\[noise\] ", "", result.stdout))
    assert len(found) == 1, result.stdout[-1000:] + result.stderr
    return found[0]


def beside(tools, directory, arch, noise, *arguments):
    """The canary's counts, with a neighbour in half of the time."""
    path = write_model(directory, {
        "canary": (build(tools, "canary", arch), 5000, {"arguments": ["100"]}),
        "noise": (noise, 5000, {"arguments": list(arguments)}),
    }, run="200 ms", health=RESTARTS)
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


def rows(result):
    pairs = re.findall(r"([0-9a-f]{16}) ([0-9a-f]{16})$", result.stdout, re.M)
    return [(int(end, 16), int(start, 16)) for end, start in pairs]


def lateness(end, starts):
    """
    Upper bounds of the lateness of slots, in ns. `end`: the last moments that the
    partition before saw in its slots, so that each boundary comes after them.
    """
    half = len(starts) // 2
    frame = median((starts[i + half] - starts[i]) / half for i in range(half))
    first = starts[0]
    frames = [round((start - first) / frame) for start in starts]
    edge = max(moment - frame * round((moment - first) / frame) for moment in end)
    return [start - edge - frame * number for number, start in zip(frames, starts)]


def histogram(values):
    step = 100
    bins = {}
    for value in values:
        bins[int(value) // step * step] = bins.get(int(value) // step * step, 0) + 1
    return "".join(f"  {low:5} ns {'#' * count} {count}\n"
                   for low, count in sorted(bins.items()))


def test_slots_begin_less_than_3_us_late(tools, tmp_path, arch, capsys):
    path = write_model(tmp_path, {
        "first": (build(tools, "slots", arch), SLOT // 1000, {}),
        "second": (build(tools, "slots", OTHER[arch]), SLOT // 1000,
                   {"arguments": ["later"]}),
        "spinner": (build(tools, "noise", arch), SLOT // 1000, {"arguments": ["spin"]}),
    }, frame=f"{FRAME // 1000} us", run="500 ms")
    found = rows(run_model(path))
    assert len(found) == 200
    late = lateness([end for end, _ in found[1:99]],
                    [start for _, start in found[101:199]])
    with capsys.disabled():
        print(f"\nslots on {arch} begin late by, at most:\n{histogram(late)}", end="")
    assert 0 < min(late) and max(late) < 3000
