"""Puts the results of `make bench` into docs/benchmarks.md, as tables, plots and reasons,
and a few of them into README.md.

Without arguments: takes build/bench/results.json, stores its rows in
docs/benchmarks.json and its plots in docs/pictures/bench/, and writes the generated parts
of both. With --check: compares these parts with what docs/benchmarks.json gives.

Depends on the standard library and on reasons.
"""

import json
import os
import re
import sys
from pathlib import Path
from textwrap import fill, wrap

from reasons import absence_of, reason_for

ROOT = Path(__file__).resolve().parent.parent
PAGE, README = ROOT / "docs/benchmarks.md", ROOT / "README.md"
STORED = ROOT / "docs/benchmarks.json"
PICTURES = ROOT / "docs/pictures/bench"
BUILT = Path(os.environ.get("BUILD", ROOT / "build")) / "bench"
KEPT = ("subject", "host", "machine", "what", "unit", "ours", "peer", "kind", "value",
        "cycles", "quartiles", "goal", "verdict", "instructions")
HEADINGS = {"calls": "Calls", "start": "Start and memory", "first": "First calls",
            "interrupts": "Interrupts", "programs": "Real programs", "sizes": "Sizes",
            "scale": "Scale", "hosts": "Hosts"}
OPTIONAL = "hosts",  # subjects that not every machine can measure
PLOTS = {"calls": ("calls", "gate"), "start": ("start",), "first": ("first",),
         "interrupts": ("interrupts", "latency-x86_64", "latency-i386"),
         "programs": ("programs",), "sizes": ("sizes",),
         "scale": ("scale-imports", "scale-size", "scale-providers")}


def number(value):
    """At most four digits that mean something; no exponent."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 100 else f"{value:.2f}"


def reduced(results):
    """The rows of the results, without samples and series."""
    rows = [{key: row[key] for key in KEPT if row.get(key) is not None}
            for row in results["rows"]]
    for row in rows:
        for key in "ours", "peer", "value", "cycles":
            if key in row:
                row[key] = float(f"{row[key]:.5g}")
        for key in "quartiles", "instructions":
            if key in row:
                row[key] = [float(f"{value:.5g}") for value in row[key]]
    return {key: results[key] for key in ("system", "processor", "processors", "quick",
                                          "load_before", "load_after", "clocks",
                                          "seconds")} | {
        "rows": rows}


def lines(text, indent="", more=""):
    """Text in lines of at most 90 columns: the first indent, then the other."""
    return fill(text, 90, initial_indent=indent, subsequent_indent=more,
                break_long_words=False, break_on_hyphens=False)


def machine_text(stored):
    quick = ("**A quick try**: few samples, so its numbers show the form alone.\n\n"
             if stored["quick"] else "")
    system = stored["system"]
    text = (f"Measured by `make bench` on {stored['processor']} (family "
            f"{system['family']}, model {system['model']}), "
            f"{stored['processors']} processors, Linux {system['kernel']}, glibc "
            f"{system['libc']}, {system['date']}. Load before: "
            f"{stored['load_before']}; after: {stored['load_after']}. Seconds of each "
            "subject: "
            + ", ".join(f"{name} {taken}" for name, taken in stored["seconds"].items())
            + f"; of all {sum(stored['seconds'].values())}.")
    return quick + lines(text) + "\n"


def clock_text(stored):
    lines = ["| host | machine | ns per tick | ticks per addition: min, median, max |",
             "|---|---|---|---|"]
    for host, machines in stored["clocks"].items():
        for machine, clock in machines.items():
            ticks = clock["ticks_per_cycle"]
            lines.append(f"| {host} | {machine} | {clock['ns_per_tick']:.4f} | "
                         f"{ticks['min']:.3f}, {ticks['median']:.3f}, "
                         f"{ticks['max']:.3f} |")
    return "\n".join(lines) + "\n"


def row_text(row, names_host):
    goal = row.get("goal")
    shown = "" if goal is None else number(goal)
    value = number(row["value"])
    if goal is not None and row["value"] > goal:
        value = f"**{value}**"
    what = row["what"].replace("|", "\\|")
    counts = row.get("instructions", [])
    instructions = " : ".join(f"{count:,.0f}" for count in counts)
    low, high = map(number, row["quartiles"])
    host = f"| {row['host']} " * names_host
    return (f"{host}| {what} | {number(row['ours'])} | {number(row['peer'])} | "
            f"{row['unit']} | {value} | {low}-{high} | "
            f"{shown} | {instructions} |")


def table(rows, kind, names_host):
    """Ratios, or differences in nanoseconds."""
    value = "ratio" if kind == "ratio" else "ns more"
    return "\n".join([
        "| host " * names_host + f"| ours : peer | ours | peer | unit | {value} | "
        "quartiles | goal | instructions |", "|---" * names_host + "|---" * 8 + "|",
        *(row_text(row, names_host) for row in rows)]) + "\n"


def subject_text(stored, subject):
    """The tables of each machine, ratios first; of the process host without a name."""
    heading = HEADINGS.get(subject, subject)
    text = f"### {heading}\n"
    rows = [row for row in stored["rows"] if row["subject"] == subject]
    names_host = any(row["host"] != "process" for row in rows)
    for machine in dict.fromkeys(row["machine"] for row in rows):
        text += f"\n{machine}:\n"
        for kind in "ratio", "difference":
            chosen = [row for row in rows
                      if (row["machine"], row["kind"]) == (machine, kind)]
            if chosen:
                text += "\n" + table(chosen, kind, names_host)
    if subject == "calls":
        text += "\n" + clock_text(stored)
    if subject == "hosts":
        text += "\n" + side_by_side(stored)
    for name in PLOTS.get(subject, ()):
        if (PICTURES / f"{name}.svg").exists():
            text += f"\n![{heading}: {name}](pictures/bench/{name}.svg)\n"
    return text


def beside(stored, machine):
    """{what: {host: value}} of the rows that compare a host with the process host."""
    found = {}
    for row in stored["rows"]:
        what, _, peer = row["what"].partition(" : ")
        if (row["subject"], row["machine"], peer) == ("hosts", machine, "process host's"):
            cells = found.setdefault(what, {})
            cells[row["host"], row["unit"]] = row["ours"]
            cells["process", row["unit"]] = row["peer"]
    return found


def side_by_side(stored):
    """One table of all hosts: what is measured in several of them, and why not in all."""
    text = "Side by side; instructions where the monitor is counted:\n"
    columns = "process", "kvm", "monitor"
    for machine in dict.fromkeys(row["machine"] for row in stored["rows"]):
        lines = [f"| {machine} | unit | " + " | ".join(columns) + " |",
                 "|---" * (2 + len(columns)) + "|"]
        for what, cells in beside(stored, machine).items():
            for unit in dict.fromkeys(unit for _, unit in cells):
                values = [number(cells[host, unit]) if (host, unit) in cells
                          else absence_of(host, unit) for host in columns]
                lines.append(f"| {what} | {unit} | " + " | ".join(values) + " |")
        if len(lines) > 2:
            text += "\n" + "\n".join(lines) + "\n"
    return text


def results_text(stored):
    subjects = dict.fromkeys(row["subject"] for row in stored["rows"])
    return machine_text(stored) + "\n" + "\n".join(
        subject_text(stored, subject) for subject in subjects)


def missed_text(stored):
    """Each reason once, after the rows that it is for."""
    rows = [row for row in stored["rows"] if row.get("goal") is not None]
    missed = [row for row in rows if row["value"] > row["goal"]]
    text = (f"{len(rows) - len(missed)} of {len(rows)} lines with a goal meet it. The "
            "others, and what was measured about them:\n\n")
    reasons = {}
    for row in missed:
        reasons.setdefault(reason_for(row), []).append(row)
    for reason, its_rows in reasons.items():
        names = {}
        for row in its_rows:
            names.setdefault(row["what"], []).append(
                f"{number(row['value'])} {row['machine']}"
                + f" on {row['host']}" * (row["host"] != "process")
                + f" (goal {number(row['goal'])})")
        text += "\n".join(lines(f"{what}: {', '.join(values)}", "- ", "  ")
                          for what, values in names.items())
        text += "\n\n" + lines(reason, "  ", "  ") + "\n\n"
    return text.rstrip("\n") + "\n"


# {text: (row of x86-64, row of i386, unit)}
COSTS = {
    "a bound call of one of 1,000 functions, relative to a call through the PLT":
        ("stub : PLT, far, 1,000 functions",
         "stub : PLT of a program, 1,000 functions", ""),
    "a first call, relative to one that glibc binds lazily":
        ("first : lazy first, 1,000 functions",) * 2 + ("",),
    "a call that changes to the host's stack, above a direct one":
        ("one int", "one int", " ns"),
    "`guests/hello` from start to end, relative to `/bin/true`":
        ("hello : /bin/true", "hello : /bin/true", ""),
    "bytes per import, relative to those of ELF":
        ("size : ELF's, names of 16", "size : ELF's, names of 16", ""),
}


def costs_text(stored):
    """The part of README.md: the most important costs."""
    values = {(row["what"], row["machine"]): number(row["value"])
              for row in stored["rows"] if row["host"] == "process"}
    return "\n".join(
        ["| cost | x86-64 | i386 |", "|---|---|---|",
         *(f"| {text} | {values[x86_64, 'x86_64']}{unit} | {values[i386, 'i386']}{unit} |"
           for text, (x86_64, i386, unit) in COSTS.items()), "",
         lines("`make bench` measures this beside glibc; "
               "[benchmarks](docs/benchmarks.md) shows all results, including those that "
               "miss their goal.")]) + "\n"


# {file: {part: what makes its text}}
PARTS = {PAGE: {"results": results_text, "missed goals": missed_text},
         README: {"costs": costs_text}}


def with_parts(path, stored):
    """The text of a file, with the parts between their marks made again."""
    page = path.read_text()
    for name, make in PARTS[path].items():
        start = f"<!-- {name}: from docs/benchmarks.json -->\n"
        end = f"<!-- end: {name} -->"
        pattern = re.escape(start) + ".*?" + re.escape(end)
        text = f"{start}\n{make(stored)}\n{end}"
        page, count = re.subn(pattern, lambda _, text=text: text, page, flags=re.DOTALL)
        if count != 1:
            sys.exit(f"page: {path}: {count} parts called {name} (expected 1)")
    return page


def narrow(svg):
    """The same picture in lines of at most 90 columns, as all files have."""
    return "\n".join("\n".join(wrap(line, 90, break_long_words=False,
                                   break_on_hyphens=False)) or ""
                     for line in svg.splitlines()) + "\n"


def store():
    source = BUILT / "results.json"
    if not source.exists():
        sys.exit(f"page: {source}: no results; run make bench first")
    results = json.loads(source.read_text())
    found = {row["subject"] for row in results["rows"]}
    absent = [name for name in HEADINGS if name not in found and name not in OPTIONAL]
    if absent:
        sys.exit(f"page: {source}: no rows of {absent[0]}; run make bench without ONLY")
    STORED.write_text(json.dumps(reduced(results), indent=1) + "\n")
    PICTURES.mkdir(exist_ok=True)
    for plot in (name for names in PLOTS.values() for name in names):
        if (BUILT / f"{plot}.svg").exists():
            text = (BUILT / f"{plot}.svg").read_text()
            (PICTURES / f"{plot}.svg").write_text(narrow(text))


def main():
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        sys.exit("page: unknown argument; expected --check or none")
    if not check:
        store()
    stored = json.loads(STORED.read_text())
    for path in PARTS:
        made = with_parts(path, stored)
        if check and made != path.read_text():
            sys.exit(f"page: {path}: differs from {STORED}; run bench/page.py")
        path.write_text(made)


if __name__ == "__main__":
    main()
