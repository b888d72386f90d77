"""With counted instructions, whole outputs are the same in each run, byte for byte."""

import pytest
from conftest import BUILD, ROOT, each_arch as arch  # noqa: F401
from partition import in_partition, lines_of, run_model, write_model

SCENARIO = (ROOT / "tests/rtos/scenario.txt").read_text()
TICKER = 5 * "tick\n" + "held back\ndelivered\n"
KEYS = "help\necho some words\nexit 3\n"


def output_of(arch, guest, *arguments):
    """The output, the same in two runs."""
    runs = [in_partition("--work-area", "8M", BUILD / f"guests/{guest}-{arch}.elf",
                         *arguments) for _ in range(2)]
    assert [(run.stderr, run.returncode) for run in runs] == 2 * [("", 0)]
    assert runs[0].stdout == runs[1].stdout
    return runs[0].stdout


def test_the_soak_counts_the_same_in_each_run(arch):
    text = output_of(arch, "rtos-soak", "seconds=1")
    assert "0 unexplained" in text and text.endswith("soak: passed\n")


def test_lua_states_in_threads_compute_the_same_in_each_run(arch):
    text = output_of(arch, "rtos-lua")
    assert text.endswith("all 5 workers were interrupted, and computed the same\n")


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    """Two runs of eight guests side by side, of both architectures."""
    def guest(name, arch):
        return BUILD / f"guests/{name}-{arch}.elf"
    path = write_model(tmp_path_factory.mktemp("model"), {
        "hello": (guest("hello", "i386"), 500, {}),
        "ticker": (guest("ticker", "x86_64"), 500, {}),
        "scenario-32": (guest("rtos-scenario", "i386"), 1000, {}),
        "scenario-64": (guest("rtos-scenario", "x86_64"), 1000, {}),
        "soak": (guest("rtos-soak", "x86_64"), 2000, {"arguments": ["seconds=1"]}),
        "shell": (guest("rtos-shell", "i386"), 1000, {"console": True}),
        "lua": (guest("rtos-lua", "x86_64"), 2000, {"work_area": "8M"}),
        "calculator": (guest("calculator", "i386"), 500, {
            "libraries": [str(BUILD / "partitions/calculator-i386.lib")]}),
    })
    return [run_model(path, input=KEYS) for _ in range(2)]


def test_guests_side_by_side_print_what_they_print_alone(together):
    first = together[0]
    assert "".join(f"{line}\n" for line in lines_of(first, "ticker")) == TICKER
    for name in "scenario-32", "scenario-64":
        assert "".join(f"{line}\n" for line in lines_of(first, name)) == SCENARIO
    assert lines_of(first, "hello") == ["Hello from a guest."]
    assert lines_of(first, "soak")[-1] == "soak: passed"
    assert lines_of(first, "lua") == output_of("x86_64", "rtos-lua").splitlines()
    assert "some words" in lines_of(first, "shell")
    assert "9000000000 + 1 = 9000000001" in lines_of(first, "calculator")
    assert first.stderr.count(": exit 0\n") == 7 and first.returncode == 3


def test_guests_side_by_side_print_the_same_in_each_run(together):
    """Keys come at times of their own, so the shell's lines stand elsewhere, and the one
    that is typed is in pieces: what there is of it is shown where a key is missing."""
    names = "hello", "ticker", "scenario-32", "scenario-64", "soak", "lua", "shell"
    first, second = ({name: lines_of(run, name) for name in names} for run in together)
    for lines in first, second:
        lines["shell"] = "".join(lines["shell"])
    assert first == second
