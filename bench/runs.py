"""Runs the programs of the bench, and sets the number of processes and samples.

Depends on the standard library alone.
"""

import os
import subprocess
from pathlib import Path

BUILD = Path(os.environ.get("BUILD", "build")).resolve()
BENCH = BUILD / "bench"
WRAPPER = BUILD / "bin/host-wrapper"
QUICK = os.environ.get("BENCH_QUICK", "") not in ("", "0")
PROCESSES = 3 if QUICK else 21
REPETITIONS = 5 if QUICK else 200
CALLS = 2000 if QUICK else 20000  # in one sample: some ten microseconds
MACHINES = "x86_64", "i386"


def run(*command, **environment):
    """Output of a program. Binding is lazy unless `environment` changes that."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LD_")}
    return subprocess.run([str(word) for word in command], env=clean | environment,
                          check=True, stdout=subprocess.PIPE, text=True).stdout


def run_guest(folder, guest, provider, options="", wrapper_options=()):
    """Output of a provider that measures a guest, both in `folder`. Without a sandbox:
    peers in the same process make calls that no guest may make."""
    provided = f"{folder / provider},{options}" if options else folder / provider
    return run(WRAPPER, "--sandbox=off", *wrapper_options, "--provider", provided,
               folder / guest)


def read_pairs(output):
    """{what: [(ours, peer)]} from the lines that calls/pairs.h prints."""
    pairs = {}
    for line in output.splitlines():
        what, ours, peer = line.split("\t")
        pairs.setdefault(what, []).append((int(ours), int(peer)))
    return pairs


def in_turn(index, *actions):
    """Results of the actions, in order; an odd `index` runs them in reverse order."""
    order = list(enumerate(actions))
    if index % 2:
        order.reverse()
    results = {place: action() for place, action in order}
    return [results[place] for place in sorted(results)]
