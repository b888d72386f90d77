"""The parts that the commands of gen/ share: options, problem lines, the version.

Prints and exits for them. Depends on problem and safe_text.
"""

import argparse
import os
import sys
from pathlib import Path

from .problem import Problem
from .safe_text import printable

USAGE = 2


def version():
    """The project's version, from the file beside gen/; a copy of gen/ alone has none."""
    try:
        return (Path(__file__).resolve().parents[2] / "VERSION").read_text().strip()
    except OSError:
        return "of unknown version"


class Parser(argparse.ArgumentParser):
    def __init__(self, prog, description, epilog):
        super().__init__(prog=prog, description=description, epilog=epilog,
                         allow_abbrev=False, add_help=False)
        self.add_argument("-h", "--help", action="help", help="print this text and exit")

    def error(self, message):
        say(f"{message} (see {self.prog} --help)")
        sys.exit(USAGE)


def say(line):
    print(f"{os.path.basename(sys.argv[0])}: {printable(line)}", file=sys.stderr)


def report(problems, status):
    """Print one line for each problem, and exit if there is one."""
    for problem in problems:
        say(f"{problem.path}: {problem.reason}")
    if problems:
        sys.exit(status)


def read_all(read, paths):
    """The results for the files that can be read, and the problems with the others."""
    results, problems = [], []
    for path in paths:
        try:
            results.append(read(path))
        except Problem as problem:
            problems.append(problem)
    return results, problems


def run(main, status):
    """Run a main program; a problem that it raises exits with the status."""
    try:
        main(sys.argv[1:])
    except Problem as problem:
        report([problem], status)
    except KeyboardInterrupt:
        sys.exit(128 + 2)
