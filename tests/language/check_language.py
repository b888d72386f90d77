#!/usr/bin/env python3
"""Checks comments, messages and documentation for words that read badly.

Usage: check_language.py [--count] [FILE ...]

Without FILE, it checks every file that git tracks. It prints FILE:LINE: WORDS: ADVICE for
each finding, and exits with 1 if there is one. With --count it prints a line per pattern.
exceptions.txt, beside this program, lists the text that stays as it is.
"""

import argparse
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from patterns import PATTERNS
from texts import measured_lines, passages

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WIDTH = 90
LINE_CHECKS = {"long-line": f"lines of at most {WIDTH} columns",
               "trailing-space": "lines without them"}


class Finding(NamedTuple):
    path: str
    line: int
    name: str
    words: str
    instead: str

    def __str__(self):
        place = f"{self.path}:{self.line}"
        return f"{place}: {self.words}: write {self.instead} [{self.name}]"


class Exemption(NamedTuple):
    """A line of exceptions.txt: a path, a pattern's name or *, and words of that line."""
    path: str
    name: str
    words: str

    def covers(self, finding, line):
        return (finding.path == self.path and self.name in ("*", finding.name)
                and self.words in line)


def read_exceptions(text):
    lines = (line.split(maxsplit=2) for line in text.splitlines())
    return [Exemption(*(line + [""])[:3]) for line in lines
            if line and not line[0].startswith("#")]


def without_code(text):
    """The text with code spans made unreadable, in place."""
    return re.sub(r"`[^`]*`", lambda span: re.sub(r"[^\n]", "`", span.group()), text)


def flattened(text):
    """The text in one line with single spaces, and each character's offset before."""
    runs = [(match.start(), " " if match.group().isspace() else match.group())
            for match in re.finditer(r"\s+|\S", text)]
    return "".join(words for _, words in runs), [at for at, _ in runs]


def find_words(path, text):
    for passage in passages(path, text):
        flat, offsets = flattened(without_code(passage.text))
        for pattern in PATTERNS:
            if passage.kind not in pattern.kinds:
                continue
            for match in pattern.regex.finditer(flat):
                group = match.lastgroup
                start = offsets[match.start(group)]
                yield Finding(path, passage.line + passage.text.count("\n", 0, start),
                              pattern.name, " ".join(match.group(group).split()[:4]),
                              pattern.instead)


def find_lines(path, text):
    for number, line in measured_lines(path, text):
        if len(line) > WIDTH:
            yield Finding(path, number, "long-line", f"{len(line)} columns",
                          LINE_CHECKS["long-line"])
        if line != line.rstrip():
            yield Finding(path, number, "trailing-space", "blanks at the end",
                          LINE_CHECKS["trailing-space"])


def check(path, text, exceptions, used):
    """The findings of one file that no exception covers, in the order of its lines."""
    lines = text.split("\n")
    for finding in sorted([*find_words(path, text), *find_lines(path, text)],
                          key=lambda finding: finding.line):
        covered = [exemption for exemption in exceptions
                   if exemption.covers(finding, lines[finding.line - 1])]
        used.update(covered)
        if not covered:
            yield finding


# Inputs of fuzz targets: nobody reads them.
NOT_TEXT = "tests/fuzz/corpus/"


def tracked_files():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()
            and not name.startswith(NOT_TEXT)]


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--count", action="store_true", help="print a line per pattern")
    parser.add_argument("files", nargs="*", metavar="FILE",
                        help="a file to check; default: the whole tree")
    options = parser.parse_args(arguments)
    exceptions = read_exceptions((HERE / "exceptions.txt").read_text())
    used, findings = set(), []
    for name in options.files or tracked_files():
        path = Path(name) if options.files else ROOT / name
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        findings += check(str(name), text, exceptions, used)
    if options.count:
        counts = Counter(finding.name for finding in findings)
        for name in [*(pattern.name for pattern in PATTERNS), *LINE_CHECKS]:
            print(f"{name:16} {counts[name]:5}")
        print(f"{'all':16} {len(findings):5}")
    else:
        for finding in findings:
            print(finding)
    unused = [] if options.files else [e for e in exceptions if e not in used]
    for exemption in unused:
        print(f"exceptions.txt: {' '.join(exemption)}: not needed; delete the line")
    return 1 if findings or unused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
