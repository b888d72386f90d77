"""Plots of the results as SVG: bars of ratios, distributions, and growth with its fit.

Depends on the standard library and on gnuplot.
"""

import subprocess

from scale import fit


def gnuplot(script, path, width, height):
    subprocess.run(["gnuplot"], text=True, check=True, input=f"""
        set terminal svg size {width},{height} background "white"
        set output "{path}"
        {script}""")


def bars(rows, title, path):
    """One bar per row, with a line at its goal."""
    data = "\n".join(f'{i} {row.value} {row.goal or "NaN"} "{row.machine}, {row.what}"'
                     for i, row in enumerate(rows))
    high = max(max(row.value, row.goal or 0) for row in rows)
    gnuplot(f"""
        set title "{title} (smaller is better); the line is the goal" noenhanced
        set style fill solid 0.6
        set yrange [{len(rows) - 0.4}:-0.6]
        set xrange [0:{1.05 * high}]
        set ytics noenhanced
        set grid xtics
        set key off
        $rows << END\n{data}\nEND
        plot $rows using ($2/2):1:($2/2):(0.35):yticlabels(4) with boxxyerror, \\
            $rows using 3:1:(0):(0.4) with xyerrorbars pointtype 0 linewidth 3
        """, path, 1000, 120 + 32 * len(rows))


def blocks(series):
    """gnuplot's data blocks, and their names in the plot's order."""
    text, names = "", []
    for number, (name, points) in enumerate(series.items()):
        lines = "\n".join(f"{x} {y}" for x, y in points)
        text += f"$data{number} << END\n{lines}\nEND\n"
        names.append((f"$data{number}", name))
    return text, names


def shares(values, most=200):
    """Some `most` of the values, each with the percentage that is at most as large."""
    values = sorted(values)
    step = max(1, len(values) // most)
    places = sorted({*range(0, len(values), step), len(values) - 1})
    return [(values[i], 100 * (i + 1) / len(values)) for i in places]


def distributions(series, title, path):
    """The share of periods that are at most so late."""
    points = {name: [(max(1, value) / 1000, share) for value, share in shares(values)]
              for name, values in series.items()}
    data, names = blocks(points)
    gnuplot(f"""
        {data}
        set title "{title}" noenhanced
        set xlabel "late by at most, us"
        set ylabel "periods, %"
        set logscale x
        set grid
        set key bottom right
        plot {", ".join(f'{block} with steps title "{name}"' for block, name in names)}
        """, path, 900, 500)


def growth(series, title, axis, path):
    """Counts with their straight lines."""
    data, names = blocks(series)
    parts = []
    for color, (block, name) in enumerate(names, 1):
        slope, constant = fit(series[name])
        parts += [f'{block} with points pointtype 7 linecolor {color} title "{name}"',
                  f'{slope} * x + {constant} linecolor {color} notitle']
    gnuplot(f"""
        {data}
        set title "{title}" noenhanced
        set xlabel "{axis}"
        set ylabel "instructions"
        set yrange [0:]
        set grid
        set key top left
        plot {", ".join(parts)}
        """, path, 900, 500)


def plot_rows(results, directory):
    """One plot of ratios for each subject; one of differences."""
    rows = results["rows"]
    for subject in dict.fromkeys(row.subject for row in rows):
        ratios = [row for row in rows if row.subject == subject and row.kind == "ratio"
                  and row.goal is not None]
        if ratios:
            bars(ratios, f"{subject}, jumpslot : peer", directory / f"{subject}.svg")
    gate = [row for row in rows if row.kind == "difference" and row.goal is not None]
    if gate:
        bars(gate, "a gated call less a direct one, in ns", directory / "gate.svg")


def plot_all(results, directory):
    plot_rows(results, directory)
    for machines in results["series"].get("latency", {}).values():
        for machine, series in machines.items():
            distributions(series, f"clock of a waiting guest and bare signals, {machine}",
                          directory / f"latency-{machine}.svg")
    for machines in results["series"].get("scale", {}).values():
        for axis in "imports", "size of the image", "providers":
            chosen = {name: points for name, points in machines["x86_64"].items()
                      if name.endswith(f", by {axis}")}
            growth(chosen, f"instructions by {axis}",
                   axis + ", MB" * (axis == "size of the image"),
                   directory / f"scale-{axis.split()[0]}.svg")
