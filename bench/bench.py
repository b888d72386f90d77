"""Measures jumpslot beside its peers: tables, results.json and plots.

`make bench` builds what this runs. Goals are compared, never enforced: a result above
its goal is marked, and the exit status stays 0. docs/benchmarks.md describes the method.
Depends on the standard library. Plots need gnuplot and are left out without it.
"""

import json
import os
import shutil
from pathlib import Path

from bound_calls import bound_rows
from first_calls import first_rows
from gated_calls import gated_rows
from interrupts import interrupt_rows
from link_time import link_time_rows
from programs import program_rows
from report import (plot, print_clock, print_differences, print_ratios, print_sections)
from runs import BENCH, MACHINES, QUICK
from sizes import size_rows


def processor():
    """The name of the processor in /proc/cpuinfo."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown"


def measure(machine):
    """Measures and prints: clock, ratios, differences, sections."""
    differences, clock = gated_rows(machine)
    sizes, sections = size_rows(machine)
    bound, cycle = bound_rows(machine)
    levels, interrupts = interrupt_rows(machine, clock)
    differences += levels
    ratios = [*bound, *interrupts, *first_rows(machine, 100, cycle),
              *first_rows(machine, 1000, cycle), *sizes,
              *link_time_rows(machine, cycle), *program_rows(machine)]
    print(f"\n{machine}")
    print_clock(clock)
    print_differences(differences)
    print_ratios(ratios)
    print_sections(sections)
    return clock, ratios, differences, sections


def write(directory, results, ratios, differences):
    directory.mkdir(exist_ok=True)
    (directory / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    if shutil.which("gnuplot"):
        plot(ratios, "jumpslot : peer", directory / "ratios.svg")
        plot([row for row in differences if row.goal is not None],
             "a gated call less a direct one, in ns", directory / "gate.svg")


def main():
    print(f"{processor()}, {os.cpu_count()} processors" + ", quick try" * QUICK)
    clocks, sections, ratios, differences = {}, {}, [], []
    for machine in MACHINES:
        clock, more_ratios, more_differences, sections[machine] = measure(machine)
        clocks[machine] = clock.as_json()
        ratios += more_ratios
        differences += more_differences
    write(BENCH / "quick" if QUICK else BENCH, {
        "processor": processor(), "processors": os.cpu_count(), "quick": QUICK,
        "clocks": clocks, "rows": [row.as_json() for row in ratios + differences],
        "bytes_per_import": sections}, ratios, differences)


if __name__ == "__main__":
    main()
