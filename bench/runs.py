"""Runs the programs of the bench, and sets the number of processes and samples.

Depends on the standard library and on hosts.
"""

import os
import subprocess
from pathlib import Path
from time import perf_counter_ns

BUILD = Path(os.environ.get("BUILD", "build")).resolve()
BENCH = BUILD / "bench"
WRAPPER = BUILD / "bin/host-wrapper"
QUICK = os.environ.get("QUICK", "") not in ("", "0")
PROCESSES = 3 if QUICK else 21
REPETITIONS = 5 if QUICK else 200
CALLS = 2000 if QUICK else 20000  # in one sample: some ten microseconds
MACHINES = "x86_64", "i386"
PROCESSORS = sorted(os.sched_getaffinity(0))  # before bench.py takes one of them


def clean_environment(**more):
    return {k: v for k, v in os.environ.items() if not k.startswith("LD_")} | more


def run(*command, **environment):
    """Output of a program. Binding is lazy unless `environment` changes that."""
    return subprocess.run([str(word) for word in command],
                          env=clean_environment(**environment), check=True,
                          stdout=subprocess.PIPE, text=True).stdout


def guest_command(host, folder, guest, provider, options="", wrapper_options=()):
    """Runs a guest with a provider that measures it, both in `folder`. Without a sandbox:
    peers in the same process make calls that no guest may make."""
    provided = f"{folder / provider},{options}" if options else folder / provider
    return (WRAPPER, *host.options, "--sandbox=off", *wrapper_options, "--provider",
            provided, folder / guest)


def run_guest(*arguments):
    """Output of the provider."""
    return run(*guest_command(*arguments))


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


def interleaved(count, commands, measure):
    """{name: [measure(command)]}, one of each command at a time, in alternating order."""
    samples = {name: [] for name in commands}
    for index in range(count):
        results = in_turn(index, *(lambda command=command: measure(command)
                                   for command in commands.values()))
        for name, result in zip(commands, results):
            samples[name].append(result)
    return samples


def spawn(command, output):
    """Starts a program. Its standard input is empty, and its output goes to `output`."""
    command = [str(word) for word in command]
    actions = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
               (os.POSIX_SPAWN_DUP2, output, 1)]
    return os.posix_spawn(command[0], command, os.environ, file_actions=actions)


def time_to_exit(command):
    """Nanoseconds from the start of a program to its end."""
    with open(os.devnull, "wb") as quiet:
        start = perf_counter_ns()
        _, status = os.waitpid(spawn(command, quiet.fileno()), 0)
        time = perf_counter_ns() - start
    if status:
        raise RuntimeError(f"{command}: status {status:#x}")
    return time


def time_to_output(command):
    """Nanoseconds from the start of a program to its first byte of output."""
    reader, writer = os.pipe2(os.O_CLOEXEC)
    start = perf_counter_ns()
    process = spawn(command, writer)
    os.close(writer)
    byte = os.read(reader, 1)
    time = perf_counter_ns() - start
    _, status = os.waitpid(process, 0)
    os.close(reader)
    if not byte or status:
        raise RuntimeError(f"{command}: status {status:#x}")
    return time
