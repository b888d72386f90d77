"""ports/freertos with a small kernel in place of FreeRTOS: each promise is a case."""

import re

import pytest
from conftest import ROOT, Toolbox, run

PORT = ROOT / "ports/freertos"
KERNEL = ROOT / "tests/ports/freertos"
REGISTERS = ROOT / "tests/interrupts/guests"
LIMIT = 600  # seconds: only a hang takes that long

CASES = {
    "yield": "a yield runs the other task of the same priority",
    "critical": "critical sections nest, and a yield waits for the end of the outermost",
    "levels": "a task keeps its interrupt level across a switch",
    "missed": "missed periods become ticks, or one tick, as configured",
    "tickless": "a task wakes at its tick, though the clock stops",
    "wake": "an interrupt ends a sleep without ticks",
    "late": "a sleep that lasts longer loses no tick and steps to its time only",
    "before": "periods missed before a sleep are ticks too",
    "pended": "a tick that FreeRTOS has not counted yet prevents a sleep",
    "nesting": "nested handlers switch once, when the outermost one returns",
    "once": "a task and a handler that ask for a switch at the same time get one",
    "vectors": "vectors are checked",
    "registers": "no register changes when a tick preempts a task",
    "float": "floating-point control belongs to a task",
    "stack": "the check of stacks sees the stack pointer of this switch",
    "end": "the scheduler returns to its caller when it ends",
    "heap": "the heap's lock keeps other tasks away, and nests",
}


class Port:
    """The port of one architecture and configuration, linked with the cases."""

    def __init__(self, directory, arch, *config):
        self.tools = Toolbox(directory, arch)
        # Nothing here has a memset(); -msse2 for the registers of the test.
        flags = ["-msse2", "-fno-tree-loop-distribute-patterns", "-DNEWLIB", *config,
                 "-I", PORT, "-I", KERNEL]
        objects = [self.tools.compile(path, *flags) for path in
                   (PORT / "port.c", KERNEL / "kernel.c", KERNEL / "cases.c",
                    REGISTERS / "interrupts_registers.c",
                    REGISTERS / f"interrupts_registers_{arch}.S")]
        self.image = self.tools.link(*objects, PORT / f"switch_{arch}.S", "-lgcc",
                                     name="freertos")

    def run(self, case):
        return self.tools.wrapper("--timeout", LIMIT, self.image, case)


@pytest.fixture(scope="module", params=["x86_64", "i386"])
def arch_of_port(request):
    return request.param


@pytest.fixture(scope="module", params=[0, 1], ids=["raise", "switch"])
def port(request, arch_of_port, tmp_path_factory):
    """A port that yields by raising a vector, and one that switches at once."""
    return Port(tmp_path_factory.mktemp("freertos"), arch_of_port,
                f"-DconfigJUMPSLOT_YIELD_BY_SWITCH={request.param}")


@pytest.fixture(scope="module")
def port_of_one_tick(arch_of_port, tmp_path_factory):
    return Port(tmp_path_factory.mktemp("freertos"), arch_of_port,
                "-DconfigJUMPSLOT_CATCH_UP=0")


def passes(result, promise):
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0), promise


@pytest.mark.parametrize("case", CASES)
def test_the_port_keeps_its_promise(port, case):
    passes(port.run(case), CASES[case])


def test_every_period_is_one_tick(port):
    """Across work, preemption and sleeps without ticks."""
    passes(port.run("ticks"), "ticks follow the host's clock")


def test_the_host_reports_a_stack_without_room_for_a_frame(port):
    result = port.run("full")
    assert (result.stdout, result.returncode) == ("", 139)
    assert re.search(r"task stack full: \d+ bytes needed, 0 left", result.stderr)


@pytest.mark.parametrize("case", ["missed", "tickless", "wake", "pended", "yield"])
def test_an_interrupt_is_one_tick_if_configured(port_of_one_tick, case):
    passes(port_of_one_tick.run(case), CASES[case])


SMALLEST = """
    #include <jumpslot/entry.h>
    #include "kernel.h"

    void assertion(int line)
    {
            _CPU_Virtual_exec_stop_error(line);
    }

    static void task(void *unused)
    {
            (void)unused;
            task_delay(5);
            vPortEndScheduler();
    }

    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            task_create(task, NULL, 1);
            kernel_run();
            return 42;
    }
    """


@pytest.mark.parametrize("cc", ["gcc", "clang"])
def test_the_port_has_no_privileged_instruction(tmp_path, arch_of_port, cc):
    tools = Toolbox(tmp_path, arch_of_port)
    flags = ["-I", PORT, "-I", KERNEL]
    objects = [tools.compile(source, *flags, cc=cc) for source in
               (PORT / "port.c", KERNEL / "kernel.c", tools.write("main.c", SMALLEST))]
    image = tools.link(*objects, PORT / f"switch_{arch_of_port}.S", "-lgcc")
    assert tools.wrapper("--timeout", LIMIT, image).returncode == 42
    result = run(ROOT / "gen/find-privileged", image, check=False)
    assert result.returncode == 0 and "nothing to replace" in result.stdout
