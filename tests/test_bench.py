"""The bench: that it measures all that it promises. How fast is for its reader to judge."""

import json
import os

import pytest

from conftest import BUILD, ROOT, run

WITH_GOAL = [
    *(f"{what}, {place}, {count} functions" for what in ("stub : PLT", "inline : direct")
      for place in ("near", "far") for count in (16, 1000)),
    *(f"first : lazy first, {count} functions" for count in (100, 1000)),
    *(f"size : ELF's, names of {length}" for length in (8, 16, 24, 32)),
]


@pytest.fixture(scope="module")
def bench():
    """What a quick try prints and writes."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    result = run("make", "-C", ROOT, f"BUILD={BUILD}", "bench",
                 env=environment | {"BENCH_QUICK": "1"})
    return result.stdout, json.loads((BUILD / "bench/quick/results.json").read_text())


def test_every_promised_ratio_is_printed_and_written_with_its_goal(bench):
    printed, results = bench
    rows = {row["what"]: row for row in results["rows"] if row["goal"] is not None}
    assert sorted(rows) == sorted(WITH_GOAL)
    for what, row in rows.items():
        line = next(line for line in printed.splitlines() if line.startswith(what + " "))
        assert line.endswith(row["verdict"])
        assert row["verdict"] in ("meets the goal", "above the goal")
        assert row["ours"] > 0 and row["peer"] > 0 and row["ratio"] > 0


def test_a_quick_try_is_marked_and_does_not_replace_measured_results(bench):
    printed, results = bench
    assert results["quick"] is True
    assert ", only tried" in printed


@pytest.mark.parametrize("length", (8, 16, 24, 32))
def test_an_import_takes_at_most_0_85_of_the_bytes_of_elf_lazy_binding(bench, length):
    _, results = bench
    row = next(row for row in results["rows"]
               if row["what"] == f"size : ELF's, names of {length}")
    sides = results["bytes_an_import"][str(length)]
    assert row["ours"] == sum(sides["ours"].values())
    assert row["peer"] == sum(sides["peer"].values())
    assert row["ratio"] <= 0.85
