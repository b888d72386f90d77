"""Prints rows as tables, and plots them as bars with their goals.

Depends on the standard library, and on gnuplot for the plots.
"""

import subprocess

RATIO_HEAD = "{:<42}{:>8} {:>8} {:<17}{:<6}{:<12}{:<5}"
RATIO_ROW = "{:<42}{:8.1f} {:8.1f} {:<17}{:<6.3f}{:<12}{:<5}{}"
DIFFERENCE_HEAD = "{:<42}{:>8} {:>8} {:<17}{:<9}{:<8}{:<12}{:<5}"
DIFFERENCE_ROW = "{:<42}{:8.2f} {:8.2f} {:<17}{:<9.1f}{:<8.2f}{:<12}{:<5}{}"


def label(row):
    return f"{row.machine}, {row.what}"


def print_ratios(rows):
    print(RATIO_HEAD.format("ours : peer", "ours", "peer", "unit", "ratio", "quartiles",
                            "goal"))
    for row in rows:
        print(RATIO_ROW.format(
            row.what, row.ours, row.peer, row.unit, row.value,
            "{:.3f}-{:.3f}".format(*row.quartiles),
            "" if row.goal is None else f"{row.goal:.2f}", row.verdict))


def print_differences(rows):
    print(DIFFERENCE_HEAD.format("ours : peer", "ours", "peer", "unit", "cycles",
                                 "ns more", "quartiles", "goal"))
    for row in rows:
        print(DIFFERENCE_ROW.format(
            row.what, row.ours, row.peer, row.unit, row.cycles, row.value,
            "{:.2f}-{:.2f}".format(*row.quartiles),
            "" if row.goal is None else f"{row.goal:.0f} ns", row.verdict))


def print_clock(clock):
    low, middle, high = clock.as_json()["ticks_per_cycle"].values()
    print(f"tick of the time stamp counter: {clock.ns_per_tick:.4f} ns\n"
          "dependent addition (one cycle): "
          f"min {low:.4f}, median {middle:.4f}, max {high:.4f} ticks")


def print_sections(sections):
    print("bytes per import by section, names of 16 letters (.text: the stubs):")
    for side, sizes in sections[16].items():
        print(f"  {side}: " + ", ".join(f"{n} {size:.0f}" for n, size in sizes.items()))


def plot(rows, title, path):
    """One bar per row, with a line at its goal."""
    data = "\n".join(f'{i} {row.value} {row.goal or "NaN"} "{label(row)}"'
                     for i, row in enumerate(rows))
    high = max(max(row.value, row.goal or 0) for row in rows)
    script = f"""
        set terminal svg size 1000,{120 + 32 * len(rows)} background "white"
        set output "{path}"
        set title "{title} (smaller is better); the line is the goal"
        set style fill solid 0.6
        set yrange [{len(rows) - 0.4}:-0.6]
        set xrange [0:{1.05 * high}]
        set ytics noenhanced
        set grid xtics
        set key off
        $rows << END\n{data}\nEND
        plot $rows using ($2/2):1:($2/2):(0.35):yticlabels(4) with boxxyerror, \\
            $rows using 3:1:(0):(0.4) with xyerrorbars pointtype 0 linewidth 3
        """
    subprocess.run(["gnuplot"], input=script, text=True, check=True)
