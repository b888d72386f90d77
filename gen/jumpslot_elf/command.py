"""What the commands of gen/ have in common: options, lines of problems, the version.

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
    """The project's, from the file beside gen/; a copied gen/ has none."""
    try:
        return (Path(__file__).resolve().parents[2] / "VERSION").read_text().strip()
    except OSError:
        return "of unknown version"


class Parser(argparse.ArgumentParser):
    def __init__(self, prog, description):
        super().__init__(prog=prog, description=description, allow_abbrev=False)

    def error(self, message):
        say(f"{message} (see {self.prog} --help)")
        sys.exit(USAGE)


def say(line):
    print(f"{os.path.basename(sys.argv[0])}: {printable(line)}", file=sys.stderr)


def report(problems, status):
    """One line for each problem; ends the program if there is one."""
    for problem in problems:
        say(f"{problem.path}: {problem.reason}")
    if problems:
        sys.exit(status)


def read_all(read, paths):
    """What could be read of the files, and the problems with the others."""
    results, problems = [], []
    for path in paths:
        try:
            results.append(read(path))
        except Problem as problem:
            problems.append(problem)
    return results, problems


def run(main, status):
    """Run a main program, of which a problem ends with that status."""
    try:
        main(sys.argv[1:])
    except Problem as problem:
        report([problem], status)
    except KeyboardInterrupt:
        sys.exit(128 + 2)
