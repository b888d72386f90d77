"""Prints rows as tables: ratios first, then differences.

Depends on the standard library alone.
"""

RATIO_HEAD = "{:<51}{:>9} {:>9} {:<18}{:<7}{:<14}{:<5}"
RATIO_ROW = "{:<51}{:9.1f} {:9.1f} {:<18}{:<7.3f}{:<14}{:<5}{}"
DIFFERENCE_HEAD = "{:<51}{:>9} {:>9} {:<18}{:<8}{:<8}{:<14}{:<5}"
DIFFERENCE_ROW = "{:<51}{:9.2f} {:9.2f} {:<18}{:<8.1f}{:<8.2f}{:<14}{:<5}{}"


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


def print_rows(rows):
    for kind, show in ("ratio", print_ratios), ("difference", print_differences):
        of_kind = [row for row in rows if row.kind == kind]
        if of_kind:
            show(of_kind)


def print_clock(clock):
    low, middle, high = clock.as_json()["ticks_per_cycle"].values()
    print(f"tick of the time stamp counter: {clock.ns_per_tick:.4f} ns\n"
          "dependent addition (one cycle): "
          f"min {low:.4f}, median {middle:.4f}, max {high:.4f} ticks")


def print_sections(sections):
    print("bytes per import by section, names of 16 letters (.text: the stubs):")
    for side, sizes in sections[16].items():
        print(f"  {side}: " + ", ".join(f"{n} {size:.0f}" for n, size in sizes.items()))
