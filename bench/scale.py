"""Instructions of the report, the launcher, the load and the start, as functions of the
number of imports, the size of the image and the number of providers: counted by
callgrind, which does not depend on the load of the machine, and fitted by a straight
line.

A row compares the slope of the last half with that of the first: 1 is a straight line.
tests/calls/test_scale.py holds the same to a limit.
"""

import tempfile
from pathlib import Path

from bulk import M, bulk
from instructions import instructions, instructions_of_launcher, side_by_side
from rows import Ratio
from runs import BENCH, QUICK, WRAPPER, run

IMPORTS = [1, 2, 3] if QUICK else [20, 40, 60, 80, 100]  # thousands
LOADED = [1, 2, 3] if QUICK else [17, 21, 25, 29, 33]  # callgrind runs each function
SIZES = [1, 10, 20] if QUICK else [1, 25, 50, 75, 100]  # MB
PROVIDERS = [1, 2, 3] if QUICK else [1, 8, 16, 24, 32]
GOAL = 1.1
REPORT, START = ("--list",), ("--sandbox=off", "--in-place")


def counted(commands):
    """Instructions of the last program of each command."""
    return side_by_side(lambda command: instructions(-1, command), commands)


def by_imports(host):
    def command(options, parts):
        guest, provider, _ = bulk("x86_64", parts)
        return WRAPPER, *host.options, *options, "--provider", provider, guest

    kinds = {"report": (REPORT, IMPORTS), "load and run": (START, LOADED),
             "bind all and run": ((*START, "--bind", "now"), LOADED)}
    counts = iter(counted([command(options, n) for options, sizes in kinds.values()
                           for n in sizes]))
    result = {f"{name}, by imports": [(n * 1000, next(counts)) for n in sizes]
              for name, (_, sizes) in kinds.items()}
    launchers = side_by_side(instructions_of_launcher,
                             [command(START, n) for n in IMPORTS])
    result["launcher of a start, by imports"] = [
        (n * 1000, count) for n, count in zip(IMPORTS, launchers)]
    return result


def image_of(folder, size):
    """A guest with `size` MB of data, after the place where valgrind has the runner."""
    guest, data = folder / f"image{size}.elf", folder / "data"
    with open(data, "wb") as file:
        file.truncate(size * 1000000)
    run("gcc", M["x86_64"], "-O1", "-fno-pie", "-ffreestanding", "-DGUEST",
        f'-DIMAGE="{data}"', "-I", "guest-macros", "-nostdlib", "-static", "-s",
        "-Wl,-Ttext-segment=0x10000000", "-T", "linkscripts/externals.ld",
        "bench/programs/started.c", "-o", guest)
    return guest


def by_size(host):
    result = {f"{cost}, by size of the image": [] for cost in ("report", "load and run")}
    with tempfile.TemporaryDirectory(dir=BENCH) as folder:
        for size in SIZES:
            guest = image_of(Path(folder), size)
            counts = counted([[WRAPPER, *host.options, *options, guest]
                              for options in (REPORT, START)])
            for points, count in zip(result.values(), counts):
                points.append((size, count))
            guest.unlink()
    return result


def providers_of(folder, count):
    for number in range(count):
        path = folder / f"provider{number}.so"
        if not path.exists():
            source = folder / f"provider{number}.c"
            source.write_text(f"""
                #include <jumpslot/provider.h>
                JUMPSLOT_SYSCALLS_ALWAYS(JUMPSLOT_NO_SYSCALLS)
                EXTERNAL_FUNC(int, one_of_many_{number}, int)
                EF(one_of_many_{number})
                int one_of_many_{number}(int value) {{ return value; }}
                """)
            run("gcc", "-shared", "-fPIC", "-I", "guest-macros", "-I",
                "host-wrapper/include", source, "-o", path)
        yield from ("--provider", path)


def by_providers(host):
    result = {"report, by providers": [], "load and run, by providers": []}
    guest = BENCH / "x86_64/started-guest.elf"
    with tempfile.TemporaryDirectory() as folder:
        for count in PROVIDERS:
            providers = list(providers_of(Path(folder), count))
            counts = counted([[WRAPPER, *host.options, *options, *providers, guest]
                              for options in (REPORT, START)])
            for points, instructions_of in zip(result.values(), counts):
                points.append((count, instructions_of))
    return result


def fit(points):
    """(slope, intercept) of the least squares' line."""
    count = len(points)
    mean_x, mean_y = (sum(values) / count for values in zip(*points))
    above = sum((x - mean_x) * (y - mean_y) for x, y in points)
    slope = above / sum((x - mean_x) ** 2 for x, _ in points)
    return slope, mean_y - slope * mean_x


def bend(points):
    """The growth of the last half for one of the first, at least 0. A cost that grows by
    less than a hundredth over all points counts as constant."""
    middle = len(points) // 2
    first, last = fit(points[:middle + 1])[0], fit(points[middle:])[0]
    grown = points[-1][1] - points[0][1]
    if abs(grown) < points[0][1] / 100 or first <= 0:
        return 1.0
    return max(0.0, last / first)


def rows_and_series(machine, host):
    """On x86-64 alone: the launcher is one program, and the runner one source."""
    if machine != "x86_64":
        return [], {}
    series = {**by_imports(host), **by_size(host), **by_providers(host)}
    rows = []
    for name, points in series.items():
        slope, _ = fit(points)
        rows.append(Ratio(machine, f"{name} : straight line", "instructions each", slope,
                          fit(points[:len(points) // 2 + 1])[0], [bend(points)], GOAL))
    return rows, series
