"""Source lines of addresses, from a guest's DWARF, by addr2line (binutils).

addr2line runs in a process of its own with a time limit, because debug information can be
damaged in more ways than this program could check. Depends on problem alone.
"""

import os
import re
import subprocess

from .problem import Problem

MAX_SECONDS = 60


def source_lines(path, addresses):
    """File and line of each address; None for an address without a line."""
    if not addresses:
        return []
    command = ["addr2line", "-e", os.path.abspath(path)]
    questions = "".join(f"0x{address:x}\n" for address in addresses)
    try:
        answers = subprocess.run(command, input=questions.encode(), timeout=MAX_SECONDS,
                                 capture_output=True, check=False).stdout
    except FileNotFoundError as error:
        raise Problem(path, "needs addr2line (Debian: binutils)") from error
    except subprocess.TimeoutExpired:
        answers = b""
    lines = [_place(line) for line in answers.decode(errors="replace").splitlines()]
    return lines if len(lines) == len(addresses) else [None] * len(addresses)


def _place(answer):
    match = re.fullmatch(r"(.+):([1-9]\d*)(?: \(discriminator \d+\))?", answer)
    return (_short(match[1]), int(match[2])) if match and match[1] != "??" else None


def _short(file):
    """The path relative to the working directory, if the file lies below that."""
    inside = os.path.relpath(file)
    return file if inside.startswith("..") else inside
