"""gdb and perf know thunks, although no file holds their code.

The runner's source makes the thunks; thunks/thunks.c is the program that calls them.
"""

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest
from conftest import BUILD, MACHINE, ROOT, WARNINGS, run

PROCESS = ROOT / "host-wrapper/process"
THUNKS = ROOT / "tests/calls/thunks"
# The instructions of a thunk. bt must show the same frames at each.
CODE = {
    "x86_64": ["endbr64", "lea", "jmp"],
    "i386": ["endbr32", "push", "push", "jmp"],
}
ARCHES = sorted(CODE)


def build(directory, arch):
    sources = [THUNKS / "thunks.c", THUNKS / f"gate_{arch}.S",
               PROCESS / "calls/thunk_symbols.c", PROCESS / "calls/thunk_perf_map.c",
               PROCESS / "calls/thunk_cfi.c", PROCESS / f"arch/{arch}/thunk.c",
               PROCESS / "debug/gdb_jit.c",
               ROOT / "host-wrapper/common/message.c",
               ROOT / "host-wrapper/common/process_number.c",
               ROOT / "host-wrapper/common/printable.c",
               ROOT / "host-wrapper/common/table.c"]
    program = directory / f"thunks-{arch}"
    run("gcc", MACHINE[arch], "-std=gnu11", "-O0", "-g", "-pie", "-fpie", *WARNINGS,
        "-I", ROOT / "host-wrapper", "-I", BUILD / "offsets" / arch,
        "-idirafter", "/usr/include/x86_64-linux-gnu", *sources, "-o", program)
    return program


@pytest.fixture(scope="module", params=ARCHES)
def arch(request):
    return request.param


@pytest.fixture(scope="module")
def program(tmp_path_factory, arch):
    return build(tmp_path_factory.mktemp("thunks"), arch)


def gdb(*arguments, commands):
    """gdb's output, without an echo of its commands and without wrapped lines."""
    fixed = ["set width 0", "set pagination off", "set confirm off",
             "set debuginfod enabled off", "set startup-with-shell off"]
    options = [word for command in fixed + commands for word in ("-ex", command)]
    result = run("gdb", "-nx", "-batch", *options, *arguments, stdin=subprocess.DEVNULL)
    return result.stdout + result.stderr


def line(text):
    """The number of the line in thunks.c that has this comment."""
    lines = (THUNKS / "thunks.c").read_text().splitlines()
    return next(n for n, code in enumerate(lines, 1) if f"/* {text} */" in code)


def callers(first):
    """A pattern of the frames that called a thunk; `first` numbers the innermost."""
    frames = [("call", "the call"), ("call_all", "the outer call"),
              ("main", "the outermost call")]
    return "".join(
        rf"#{first + i} +0x[0-9a-f]+ in {name} \(.*\) at \S*/thunks\.c:{line(text)}\n"
        for i, (name, text) in enumerate(frames))


def thunk_frames(first=0):
    return rf"#{first} +0x[0-9a-f]+ in gate\.second_one \(\)\n" + callers(first + 1)


def at_thunk(*commands):
    return ["break registered", "run", "break *'gate.second_one'", "continue", *commands]


def test_every_instruction_shows_function_and_callers(program, arch):
    look = ["echo [[\\n", "x/i $pc", "bt", "up", "print witness", "down",
            "echo ]]\\n", "stepi"]
    shown = gdb(program, commands=at_thunk(*look * len(CODE[arch]), "bt"))
    places = re.findall(r"\[\[\n(.*?)\]\]\n", shown, re.S)
    assert len(places) == len(CODE[arch]), shown
    for place, mnemonic in zip(places, CODE[arch]):
        assert re.search(rf"<gate\.second_one(\+\d+)?>:\t{mnemonic}\b", place), place
        assert re.search(thunk_frames(), place), place
        assert re.search(r"\$\d+ = 4001\n", place), place
    assert re.search(r"#0 +jumpslot_gate.*\n" + callers(1), shown), shown


def test_a_signal_handler_above_a_thunk_shows_its_callers(program, arch):
    for instruction in range(len(CODE[arch])):
        shown = gdb(program, commands=at_thunk(*["stepi"] * instruction,
                                               "break on_signal", "signal SIGUSR1", "bt"))
        assert re.search(r"#0 +on_signal .*\n#1 +<signal handler called>\n" +
                         thunk_frames(2), shown), shown


def test_a_breakpoint_set_before_the_start_stops_in_the_thunk_and_finishes_it(program):
    shown = gdb(program, commands=["set breakpoint pending on", "break gate.third", "run",
                                   "bt", "finish"])
    # gdb 13 treats a suffix of letters as the compiler's, and puts it in brackets.
    assert re.search(r"#0 +0x[0-9a-f]+ in gate(\.third|\[third\]) \(\)\n" + callers(1) +
                     r"0x[0-9a-f]+ in call \(number=2\)", shown), shown


def test_a_debugger_that_comes_later_knows_them(program, tmp_path):
    """Tried with a core file, where gdb reads registered symbols as from a process."""
    core = tmp_path / "core"
    gdb(program, commands=at_thunk("stepi", f"generate-core-file {core}"))
    assert re.search(thunk_frames(), gdb(program, core, commands=["bt"]))


def cost(program, count):
    """Instructions that it takes to register that many thunks."""
    result = run("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                 "--toggle-collect=thunk_symbols_register", program, "many", count)
    return int(re.search(r"Collected : (\d+)", result.stderr)[1])


def test_the_cost_grows_linearly_with_the_number_of_thunks(program):
    costs = [cost(program, count) for count in (20000, 60000, 100000)]
    assert 0.95 < (costs[2] - costs[1]) / (costs[1] - costs[0]) < 1.05, costs


def test_names_that_fit_no_symbol_table_are_an_error(program):
    result = run(program, "huge", check=False)
    assert result.stderr == ("Value too large for defined data type: names of 70 gated "
                             "functions, for debuggers: too long\n")
    assert result.returncode == 1


def test_no_memory_for_the_names_is_an_error(program):
    result = run(program, "no-memory", check=False)
    assert re.fullmatch(r"Cannot allocate memory: names of 100000 gated functions, for "
                        r"debuggers: no memory for \d{7} bytes\n", result.stderr)
    assert result.returncode == 1


def map_of(pid):
    return Path(f"/tmp/perf-{pid}.map")


@pytest.fixture
def map_writer(program):
    """Runs the program, after calling `before` in its process with its map's path."""
    paths = []

    def write(what="perf-map", before=lambda path: None):
        with subprocess.Popen([program, what], text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE,
                              preexec_fn=lambda: before(map_of(os.getpid()))) as process:
            paths.append(map_of(process.pid))
            output, errors = process.communicate()
        return paths[-1], output, errors, process.returncode

    yield write
    for path in paths:
        path.unlink(missing_ok=True)


def expected_map(output):
    start, size = output.split()
    return "".join(f"{int(start, 16) + i * int(size, 16):x} {size} gate.{name}\n"
                   for i, name in enumerate(["first_one", "second_one", "third"]))


def test_the_map_for_perf_names_each_thunk(map_writer):
    path, output, errors, status = map_writer()
    assert (errors, status) == ("", 0)
    assert path.read_text() == expected_map(output)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_map_that_an_earlier_process_left_is_replaced(map_writer, tmp_path):
    kept = tmp_path / "kept"
    kept.write_text("earlier\n")
    path, output, errors, status = map_writer(before=lambda path: os.link(kept, path))
    assert (errors, status) == ("", 0)
    assert path.read_text() == expected_map(output)
    assert kept.read_text() == "earlier\n"


@pytest.mark.parametrize("target", ["victim", "nowhere"])
def test_a_link_where_the_map_belongs_is_an_error(map_writer, tmp_path, target):
    (tmp_path / "victim").write_text("precious\n")
    path, _, errors, status = map_writer(
        before=lambda path: path.symlink_to(tmp_path / target))
    assert errors == f"File exists: perf's map {path}: File exists\n"
    assert status == 1
    assert path.is_symlink()
    assert (tmp_path / "victim").read_text() == "precious\n"
    assert not (tmp_path / "nowhere").exists()


def test_a_map_that_cannot_be_written_is_an_error_and_leaves_nothing(map_writer):
    path, _, errors, status = map_writer("full-disk")
    assert errors == f"File too large: perf's map {path}: File too large\n"
    assert status == 1
    assert not path.exists()
