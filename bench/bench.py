"""Measures jumpslot beside its peers: tables, results.json and plots.

`make bench` builds what this runs; ONLY="start calls" selects subjects. Goals are
compared, never enforced: a result above its goal is marked, and the exit status stays 0.
docs/benchmarks.md describes the method. Plots need gnuplot and are left out without it.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

import bound_calls
import first_calls
import gated_calls
import imports
import interrupts
import kvm
import latency
import memory
import monitor
import ports
import programs
import scale
import sizes
import start
import untraced
from clock import clock_of, samples_of
from hosts import HOSTS
from plots import plot_all
from report import print_clock, print_rows, print_sections
from runs import BENCH, MACHINES, QUICK

# {subject: (heading, modules)}; a module has rows(machine, host), or rows_and_series() if
# there is more to plot or print.
SUBJECTS = {
    "calls": ("Calls", (gated_calls, untraced, bound_calls)),
    "start": ("Start and memory", (start, memory, imports)),
    "first": ("First calls", (first_calls,)),
    "interrupts": ("Interrupts", (interrupts, latency)),
    "programs": ("Real programs", (programs,)),
    "hosts": ("Hosts", (ports, kvm, monitor)),
    "sizes": ("Sizes", (sizes,)),
    "scale": ("Scale", (scale,)),
}


def processor():
    """The name of the processor in /proc/cpuinfo."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown"


def system():
    """Other facts that the numbers depend on, for the page."""
    facts = dict(line.split(":", 1) for line in
                 Path("/proc/cpuinfo").read_text().split("\n\n")[0].splitlines()
                 if ":" in line)
    facts = {name.strip(): value.strip() for name, value in facts.items()}
    return {"family": facts.get("cpu family", "?"), "model": facts.get("model", "?"),
            "kernel": os.uname().release.split("-")[0],
            "libc": platform.libc_ver()[1], "date": time.strftime("%Y-%m-%d")}


def load():
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


def progress(text):
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


def measure(module, machine, host):
    """Rows and series of one module."""
    if hasattr(module, "rows_and_series"):
        return module.rows_and_series(machine, host)
    return module.rows(machine, host), {}


def measure_or_note(module, machine, host, results):
    """The same, but a program that fails costs only its own module's rows: the others
    have taken minutes. main() makes it an error in the end."""
    try:
        return measure(module, machine, host)
    except (subprocess.SubprocessError, RuntimeError, OSError, ValueError) as error:
        failure = f"{module.__name__}, {machine}, host {host.name}: {error}"
        progress(failure)
        results["failures"].append(failure)
        return [], {}


def measure_subject(subject, machine, host, results):
    """Measures, adds to `results`, and prints."""
    heading, modules = SUBJECTS[subject]
    found = []
    for module in modules:
        progress(f"{heading}: {module.__name__}, {machine}, host {host.name}")
        rows, series = measure_or_note(module, machine, host, results)
        found += rows
        if series:
            results["series"].setdefault(module.__name__, {}).setdefault(
                host.name, {})[machine] = series
    for row in found:
        row.subject, row.host = subject, row.host or host.name
    results["rows"] += found
    for name in dict.fromkeys(row.host for row in found):
        print(f"\n{heading}, {machine}, host {name}")
        if subject == "calls":
            print_clock(clock_of(machine, host))
        print_rows([row for row in found if row.host == name])
    if subject == "sizes" and found:
        print_sections(results["series"]["sizes"][host.name][machine])
    sys.stdout.flush()


def write(directory, results):
    directory.mkdir(exist_ok=True)
    as_json = results | {"rows": [row.as_json() for row in results["rows"]]}
    (directory / "results.json").write_text(json.dumps(as_json, indent=1) + "\n")
    if shutil.which("gnuplot"):
        plot_all(results, directory)


def chosen_subjects():
    names = os.environ.get("ONLY", "").split() or list(SUBJECTS)
    unknown = [name for name in names if name not in SUBJECTS]
    if unknown:
        sys.exit(f"bench: {unknown[0]}: unknown subject; expected one of "
                 f"{' '.join(SUBJECTS)}")
    return names


def main():
    names = chosen_subjects()
    # One processor for a program and its peers: migration would be noise.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    results = {"system": system(), "processor": processor(),
               "processors": os.cpu_count(), "quick": QUICK, "load_before": load(),
               "series": {}, "clocks": {}, "rows": [], "failures": [], "seconds": {}}
    print(f"{processor()}, {os.cpu_count()} processors, load {load()}"
          + ", quick try" * QUICK, flush=True)
    for name in names:
        start = time.monotonic()
        for host in HOSTS:
            for machine in MACHINES:
                measure_subject(name, machine, host, results)
        results["seconds"][name] = round(time.monotonic() - start)
    results["load_after"] = load()
    for host in HOSTS:
        results["clocks"][host.name] = {
            machine: clock_of(machine, host).as_json() for machine in MACHINES
            if (machine, host) in samples_of}
    print(f"\nload {load()}")
    write(BENCH / "quick" if QUICK else BENCH, results)
    if results["failures"]:
        sys.exit("bench: " + "\nbench: ".join(results["failures"]))


if __name__ == "__main__":
    main()
