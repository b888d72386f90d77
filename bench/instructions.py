"""Instructions per call by callgrind, which do not depend on the machine's load.

Depends on valgrind.
"""

import re
import subprocess
import tempfile


def instructions(which, command):
    """callgrind's count for the `which`-th program that a command executes."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", "--trace-children=yes",
             f"--callgrind-out-file={folder}/out.%p", *map(str, command)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
    return int(re.findall(r"Collected : (\d+)", done.stderr)[which])


def per_call(command_of, pairs, calls):
    """[[ours, peer] of each pair]; `command_of` gets a pair's number and a side, "o" or
    "p", and a number beyond the last pair for a run without calls."""
    none = instructions(-1, command_of(pairs, "o"))
    return [[(instructions(-1, command_of(pair, side)) - none) / calls for side in "op"]
            for pair in range(pairs)]
