"""Runs the commands of a documentation page and compares their output with the page.

A block fenced as sh holds commands. A block without a language right after it holds their
output, of both streams. All blocks run in one shell, in a copy of the tree's layout.
"""

import os
import re
import subprocess

from conftest import BUILD, ROOT

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
TREE = "guest-macros", "linkscripts", "gen", "host-wrapper", "guests", "tests"


def steps(text):
    """(commands, expected output) of each block of commands; no output block: empty."""
    blocks = BLOCK.findall(text)
    return [(commands, after[1] if after[0] == "" else "")
            for (kind, commands), after in zip(blocks, blocks[1:] + [("sh", "")])
            if kind == "sh"]


def tree(directory):
    """The directory, made to look like the tree after make, to run commands in."""
    for name in TREE:
        (directory / name).symlink_to(ROOT / name)
    (directory / "build").mkdir()
    for name in "bin", "gen", "guests", "lib", "partitions", "providers":
        (directory / "build" / name).symlink_to(BUILD / name)
    return directory


def environment():
    """The environment of a user's shell: not that of a make that runs the tests."""
    return {name: value for name, value in os.environ.items()
            if name not in ("BUILD", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES")}


def run(commands, directory):
    """The output of each block of commands, run one after the other by one shell."""
    script = "exec 2>&1\n" + "".join(block + "echo --\n" for block in commands)
    result = subprocess.run(["sh"], input=script, capture_output=True, text=True,
                            cwd=directory, env=environment())
    return result.stdout.replace(str(directory), "...").split("--\n")[:-1]
