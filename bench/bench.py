"""Measures jumpslot beside its peers: a table, results.json and a plot.

`make bench` builds what this runs. Goals are compared, never enforced: a result above
its goal is said so, and the exit status stays 0. docs/benchmarks.md states the method.
Depends on the standard library, and on gnuplot for the plot, if it is there.
"""

import json
import os
import shutil
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from elf_sizes import loaded_sections

BUILD = Path(os.environ.get("BUILD", "build")).resolve()
BENCH = BUILD / "bench"
WRAPPER = BUILD / "bin/host-wrapper"
QUICK = os.environ.get("BENCH_QUICK", "") not in ("", "0")
PROCESSES = 3 if QUICK else 21
REPETITIONS = 5 if QUICK else 200
CALLS = 2000 if QUICK else 20000  # in one sample: some ten microseconds
SIZE_COUNTS = 510, 1022


@dataclass
class Row:
    """One line of the table: ratios of ours to the peer's, the smaller the better."""

    what: str
    unit: str
    ours: float
    peer: float
    ratios: list = field(repr=False)
    goal: float | None = None

    @property
    def ratio(self):
        return median(self.ratios)

    @property
    def quartiles(self):
        if len(self.ratios) == 1:
            return [self.ratio, self.ratio]
        low, _, high = quantiles(self.ratios, method="inclusive")
        return [low, high]

    @property
    def verdict(self):
        if self.goal is None:
            return "no goal"
        return "meets the goal" if self.ratio <= self.goal else "above the goal"

    def as_json(self):
        return asdict(self) | {"ratio": self.ratio, "quartiles": self.quartiles,
                               "verdict": self.verdict}


def run(*command, **environment):
    """A program's output; binding is lazy unless `environment` says otherwise."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LD_")}
    return subprocess.run([str(word) for word in command], env=clean | environment,
                          check=True, stdout=subprocess.PIPE, text=True).stdout


def in_turn(index, *actions):
    """Results of actions, in their order; every other time the last is done first."""
    order = list(enumerate(actions))
    if index % 2:
        order.reverse()
    results = {place: action() for place, action in order}
    return [results[place] for place in sorted(results)]


def bound_pairs(folder, guest, times):
    """{what: [(ours, peer)]} in ticks, from one process."""
    library, peer = folder / "bound-provider.so", folder / "bound-peer.so"
    provider = f"{library},{peer},{REPETITIONS},{times}"
    pairs = {}
    for line in run(WRAPPER, "--provider", provider, folder / guest).splitlines():
        what, ours, peer = line.split()
        pairs.setdefault(what, []).append((int(ours), int(peer)))
    return pairs


def bound_samples(count, times):
    """{what: [[(ours, peer)] of each process]}, in ticks."""
    folder = BENCH / f"16-{count}"
    samples = {}
    for i in range(PROCESSES):
        near, far, program = in_turn(
            i, lambda: bound_pairs(folder, "bound-pie.elf", times),
            lambda: bound_pairs(folder, "bound-fixed.elf", times),
            lambda: run(folder / "bound-program", REPETITIONS, times).split())
        far_ours = [ours for ours, _ in far["stub/plt"]]
        for what, pairs in {
            "stub : PLT, near": near["stub/plt"],
            "stub : PLT, far": list(zip(far_ours, map(int, program))),
            "inline : direct, near": near["inline/direct"],
            "inline : direct, far": far["inline/direct"],
            "equal : equal": near["add/add"] + far["add/add"],
        }.items():
            samples.setdefault(what, []).append(pairs)
    return samples


def row_of_processes(what, unit, processes, divisor, goal):
    """A row whose ratios are each the median of one process's pairs."""
    ours, peer = (median(median(pair[side] for pair in pairs) for pairs in processes)
                  for side in (0, 1))
    ratios = [median(a / b for a, b in pairs) for pairs in processes]
    return Row(what, unit, ours / divisor, peer / divisor, ratios, goal)


def addition_ticks(samples):
    """Ticks of every single addition measured: 100,000 in a chain, a cycle each."""
    return [ticks / 1e5 for pairs in samples["equal : equal"]
            for pair in pairs for ticks in pair]


def bound_rows():
    """Rows about bound calls, and the ticks of an addition."""
    samples = {count: bound_samples(count, CALLS // count) for count in (16, 1000)}
    additions = addition_ticks(samples[16])
    cycle = median(additions)
    rows = [row_of_processes("equal : equal (noise)", "cycles",
                             samples[16].pop("equal : equal"), 1e5 * cycle, None)]
    samples[1000].pop("equal : equal")
    rows += [row_of_processes(f"{what}, {count} functions", "cycles a call", processes,
                              CALLS // count * count * cycle, 1.05)
             for count in samples for what, processes in samples[count].items()]
    return rows, additions


class First(NamedTuple):
    """Ticks of a first pass; `now`: of one whose functions are bound at the start."""

    ours: int
    ours_now: int
    peer: int
    peer_now: int


def first_samples(count):
    folder = BENCH / f"16-{count}"
    guest = ["--provider", folder / "first-provider.so", folder / "first-guest.elf"]
    peer = folder / "first-peer"
    return [First(*in_turn(
        i, lambda: int(run(WRAPPER, *guest)),
        lambda: int(run(WRAPPER, "--bind", "now", *guest)),
        lambda: int(run(peer)),
        lambda: int(run(peer, LD_BIND_NOW="1"))))
        for i in range(PROCESSES)]


def first_rows(count, cycle):
    """First calls of each of `count` functions, each sample in processes of its own."""
    samples = first_samples(count)

    def row(what, goal, ours, peer):
        pairs = [[(ours(sample), peer(sample))] for sample in samples]
        return row_of_processes(f"{what}, {count} functions", "cycles a call", pairs,
                                count * cycle, goal)

    return [
        row("first : lazy first", 0.1, lambda s: s.ours, lambda s: s.peer),
        row("the same less bound calls", None, lambda s: s.ours - s.ours_now,
            lambda s: s.peer - s.peer_now),
        row("--bind now : lazy first", None, lambda s: s.ours_now, lambda s: s.peer),
    ]


def call_bytes(path):
    """Bytes of the code that calls, which is the same on both sides."""
    return sum(size for name, size in loaded_sections(path).items()
               if name.startswith(".text.call"))


def bytes_an_import(length, image, caller):
    """{section: bytes} that one more import takes, without the code that calls it."""
    few, many = (BENCH / f"{length}-{count}" for count in SIZE_COUNTS)
    before, after = (loaded_sections(folder / image) for folder in (few, many))
    growth = {name: size - before.get(name, 0) for name, size in after.items()}
    growth[".text"] -= call_bytes(many / caller) - call_bytes(few / caller)
    count = SIZE_COUNTS[1] - SIZE_COUNTS[0]
    return {name: size / count for name, size in growth.items() if size}


def size_rows():
    """Rows about stripped bytes an import, and the sections that they are made of."""
    rows, sections = [], {}
    for length in 8, 16, 24, 32:
        sides = {"ours": bytes_an_import(length, "size-guest.elf", "stub.o"),
                 "peer": bytes_an_import(length, "size-peer", "plt.o")}
        ours, peer = (sum(side.values()) for side in sides.values())
        rows.append(Row(f"size : ELF's, names of {length}", "bytes an import",
                        ours, peer, [ours / peer], 0.85))
        sections[length] = sides
    ours, peer = ((BENCH / "16-1022" / name).stat().st_size
                  for name in ("size-guest.elf", "size-peer"))
    rows.append(Row("stripped file, 1,023 imports", "bytes", ours, peer, [ours / peer]))
    return rows, sections


def processor():
    """The model's name, as the kernel tells it."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown"


def print_table(rows):
    print(f"{'ours : peer':<42}{'ours':>8} {'peer':>8} {'unit':<16}"
          f"{'ratio':<6}{'quartiles':<12}{'goal':<5}")
    for row in rows:
        quartiles = "{:.3f}-{:.3f}".format(*row.quartiles)
        goal = "" if row.goal is None else f"{row.goal:.2f}"
        print(f"{row.what:<42}{row.ours:8.1f} {row.peer:8.1f} {row.unit:<16}"
              f"{row.ratio:<6.3f}{quartiles:<12}{goal:<5}{row.verdict}")


def print_sections(sections):
    print("bytes an import by section, names of 16 letters (.text: the stubs):")
    for side, sizes in sections[16].items():
        print(f"  {side}: " + ", ".join(f"{n} {size:.0f}" for n, size in sizes.items()))


def plot(rows, path):
    """A bar for each ratio, with a line at its goal."""
    data = "\n".join(f'{i} {row.ratio} {row.goal or "NaN"} "{row.what}"'
                     for i, row in enumerate(rows))
    script = f"""
        set terminal svg size 1000,{120 + 32 * len(rows)} background "white"
        set output "{path}"
        set title "jumpslot : peer (smaller is better); the line is the goal"
        set style fill solid 0.6
        set yrange [{len(rows) - 0.4}:-0.6]
        set xrange [0:*]
        set grid xtics
        set key off
        $rows << END\n{data}\nEND
        plot $rows using ($2/2):1:($2/2):(0.35):yticlabels(4) with boxxyerror, \\
            $rows using 3:1:(0):(0.4) with xyerrorbars pointtype 0 linewidth 3
        """
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def write(directory, results, rows):
    directory.mkdir(exist_ok=True)
    (directory / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    if shutil.which("gnuplot"):
        plot(rows, directory / "ratios.svg")


def main():
    rows, additions = bound_rows()
    for count in 100, 1000:
        rows += first_rows(count, median(additions))
    sizes, sections = size_rows()
    rows += sizes
    speed = {"min": min(additions), "median": median(additions), "max": max(additions)}
    print(f"{processor()}, {os.cpu_count()} processors" + ", only tried" * QUICK)
    print("a dependent addition (one cycle), in ticks of the time stamp counter: "
          + ", ".join(f"{name} {value:.4f}" for name, value in speed.items()))
    print_table(rows)
    print_sections(sections)
    write(BENCH / "quick" if QUICK else BENCH, {
        "processor": processor(), "processors": os.cpu_count(), "quick": QUICK,
        "ticks_a_cycle": speed, "rows": [row.as_json() for row in rows],
        "bytes_an_import": sections}, rows)


if __name__ == "__main__":
    main()
