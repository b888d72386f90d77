"""Instructions, which do not depend on the machine's load: by callgrind, or by single
steps where valgrind does not run the program, as it has no interrupts and no namespaces.

Two at a time, on all processors: counts do not disturb each other. Depends on valgrind
and on runs.
"""

import re
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from runs import BENCH, PROCESSORS, clean_environment, run

# bench.py stays on one processor; what only counts may use all.
ANYWHERE = "taskset", "--cpu-list", ",".join(map(str, PROCESSORS))
DUMP = re.compile(r"^desc: Trigger: Client Request: (.*)$", re.MULTILINE)
TOTAL = re.compile(r"^(?:summary|totals): (\d+)$", re.MULTILINE)


def callgrind(folder, command, status=0, **environment):
    """Its own messages; its files are out.PID, and out.PID.N for each part."""
    result = subprocess.run(
        [*ANYWHERE, "valgrind", "--tool=callgrind", "--trace-children=yes",
         f"--callgrind-out-file={folder}/out.%p", *map(str, command)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
        env=clean_environment(**environment))
    if result.returncode != status:
        raise subprocess.CalledProcessError(result.returncode, result.args,
                                            stderr=result.stderr)
    return result.stderr


def instructions(which, command):
    """callgrind's count for the `which`-th program that a command executes."""
    with tempfile.TemporaryDirectory() as folder:
        return int(re.findall(r"Collected : (\d+)", callgrind(folder, command))[which])


def instructions_of_launcher(command):
    """Until it executes its runner. callgrind says nothing of a program that executes
    another one. It refuses a runner that is set-user-ID, so the launcher ends there."""
    wrapper, *words = command
    with tempfile.TemporaryDirectory() as folder:
        runner = Path(wrapper).with_name("jumpslot-runner-x86_64")
        for program in wrapper, runner:
            shutil.copy(program, folder)
        refused = Path(folder, runner.name)
        refused.chmod(0o4755)
        output = callgrind(folder, [Path(folder, wrapper.name), *words], status=125)
    assert f"{refused} cannot be started: Permission denied" in output, output
    return int(re.search(r"Collected : (\d+)", output)[1])


def parts(command, **environment):
    """{name: instructions} of the parts that calls/counted.h names."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        callgrind(folder, command, **environment)
        for path in Path(folder).glob("out.*"):
            text = path.read_text()
            name = DUMP.search(text)
            if name:
                found[name.group(1)] = int(TOTAL.search(text).group(1))
    return found


def single_steps(command):
    """(instructions, CPUIDs) of all processes of a command, in user mode."""
    output = run(*ANYWHERE, BENCH / "count-cpuid", *command)
    return tuple(map(int, re.search(r"(\d+)\t(\d+)\n$", output).groups()))


def marked(command):
    """Instructions of the parts that calls/marked.h marks, of a command that prints
    nothing."""
    return [int(line) for line in
            run(*ANYWHERE, BENCH / "count-cpuid", "--marked", *command).split()]


def side_by_side(function, *lists):
    """[function(...)] for each element of the lists, several at a time."""
    with ThreadPoolExecutor(len(PROCESSORS)) as pool:
        return list(pool.map(function, *lists))
