"""The bench measures everything that docs/benchmarks.md lists. Times have no limit."""

import json
import os

import pytest

from conftest import BUILD, ROOT, run

LENGTHS = 8, 16, 24, 32
BOUND = {
    "x86_64": [f"{what}, {place}" for what in ("stub : PLT", "inline : direct")
               for place in ("near", "far")],
    "i386": ["stub : PLT of a library", "stub : PLT of a program", "inline : direct"],
}
MACHINES = tuple(BOUND)
LEVELS = "disable and enable : nothing"
RATIOS = [(machine, what) for machine in MACHINES for what in (
    *(f"{what}, {count} functions" for what in BOUND[machine] for count in (16, 1000)),
    *(f"first : lazy first, {count} functions" for count in (100, 1000)),
    "interrupt : signal", "idle at 1,000 Hz",
    *(f"size : ELF's, names of {length}" for length in LENGTHS))]
DIFFERENCES = [(machine, what) for machine in MACHINES for what in (
    "no arguments", "one int", "one int, 16 functions in turn", LEVELS)]
DIFFERENCES_WITHOUT_GOAL = [(machine, what) for machine in MACHINES for what in (
    "six words on the stack", "variadic, on the guest's stack", "blocking, one int",
    "callback : plain call")]
MOST_BYTES = {"x86_64": 0.85, "i386": 0.95}
MOST_NS = {"x86_64": 5, "i386": 8}


@pytest.fixture(scope="module")
def bench():
    """The output and the results of a quick try."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    result = run("make", "-C", ROOT, f"BUILD={BUILD}", "bench",
                 env=environment | {"BENCH_QUICK": "1"})
    return result.stdout, json.loads((BUILD / "bench/quick/results.json").read_text())


def rows_of(results, kind):
    return {(row["machine"], row["what"]): row for row in results["rows"]
            if row["kind"] == kind}


def assert_printed(printed, key, row):
    """The line is in the part of its machine, with its verdict."""
    machine, what = key
    part = printed.partition(f"\n{machine}\n")[2]
    line = next(line for line in part.splitlines() if line.startswith(what + "  "))
    assert line.endswith(row["verdict"])
    assert row["verdict"] in ("meets the goal", "above the goal")


def test_every_promised_ratio_is_printed_and_written_with_its_goal(bench):
    printed, results = bench
    rows = {key: row for key, row in rows_of(results, "ratio").items()
            if row["goal"] is not None}
    assert sorted(rows) == sorted(RATIOS)
    for key, row in rows.items():
        assert_printed(printed, key, row)
        assert row["ours"] > 0 and row["peer"] > 0 and row["value"] > 0


def test_every_difference_is_printed_and_written_in_ns_with_its_goal(bench):
    printed, results = bench
    rows = rows_of(results, "difference")
    assert sorted(rows) == sorted(DIFFERENCES + DIFFERENCES_WITHOUT_GOAL)
    for key in DIFFERENCES:
        assert_printed(printed, key, rows[key])
        assert rows[key]["goal"] == (1 if key[1] == LEVELS else MOST_NS[key[0]])
        assert rows[key]["ours"] > 0 and rows[key]["peer"] > 0
    for key in DIFFERENCES_WITHOUT_GOAL:
        assert rows[key]["verdict"] == "no goal"


@pytest.mark.parametrize("machine", MACHINES)
def test_cycles_and_nanoseconds_agree_with_the_clock_that_is_written(bench, machine):
    _, results = bench
    clock = results["clocks"][machine]
    ns_per_cycle = clock["ns_per_tick"] * clock["ticks_per_cycle"]["median"]
    assert ns_per_cycle > 0
    for (of, _), row in rows_of(results, "difference").items():
        if of == machine:
            assert row["cycles"] * ns_per_cycle == pytest.approx(row["value"])


def test_a_quick_try_is_marked_and_does_not_replace_measured_results(bench):
    printed, results = bench
    assert results["quick"] is True
    assert ", quick try" in printed


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("machine", MACHINES)
def test_an_import_has_at_most_its_share_of_the_bytes_of_elf_lazy_binding(
        bench, machine, length):
    _, results = bench
    row = rows_of(results, "ratio")[machine, f"size : ELF's, names of {length}"]
    sides = results["bytes_per_import"][machine][str(length)]
    assert row["ours"] == sum(sides["ours"].values()) > 0
    assert row["peer"] == sum(sides["peer"].values())
    assert row["goal"] == MOST_BYTES[machine]
    assert row["value"] <= MOST_BYTES[machine]
