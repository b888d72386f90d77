"""Checks of the checks in test_interrupts.py: each notices a broken return."""

import signal

import pytest
from changed_runner import ChangedRunner
from conftest import Toolbox, run
from interrupts_guests import ROUNDS, TIMEOUT, Interrupts, all_was_right

pytestmark = pytest.mark.not_sanitized("changed runners are linked without them")

CPU_FLAGS = next(line for line in open("/proc/cpuinfo", encoding="ascii")
                 if line.startswith("flags")).split()


@pytest.fixture(scope="module", params=["x86_64", "i386"])
def guests(request, tmp_path_factory):
    return Interrupts(tmp_path_factory.mktemp("interrupts"), request.param)


# Broken returns from a handler, which the checks must notice: a file, and the text that
# is replaced in it.
BROKEN = {
    "x86_64": {
        "registers swapped": ("interrupt_x86_64.S", "+ 48(%rbx), %r8",
                              "+ 56(%rbx), %r8"),
        "flags not restored": ("interrupt_x86_64.S", "\tpopfq\n",
                               "\tlea\t8(%rsp), %rsp\n"),
        "stack pointer off": ("interrupt_x86_64.S", "ret\t$128", "ret\t$120"),
        "red zone used": ("interrupt_frame_x86.c", "sp - RED_ZONE -", "sp -"),
        "one vector component": ("x86_64/interrupt.S", "\txrstor64 (%rcx)\n",
                                 "\tand\t${mask}, %eax\n\txrstor64 (%rcx)\n"),
    },
    "i386": {
        "registers swapped": ("interrupt_i386.S", "+ 8(%ebx), %edx", "+ 4(%ebx), %edx"),
        "flags not restored": ("interrupt_i386.S", "\tpopf\n", "\tlea\t4(%esp), %esp\n"),
        "stack pointer off": ("interrupt_i386.S", "\t.cfi_adjust_cfa_offset -4\n\tret\n",
                              "\tret\t$4\n"),
        "one vector component": ("i386/interrupt.S", "\txrstor\t(%ecx)\n",
                                 "\tand\t${mask}, %eax\n\txrstor\t(%ecx)\n"),
    },
}
BROKEN["x86_64"]["red zone used"] = [BROKEN["x86_64"]["red zone used"],
                                     ("interrupt_x86_64.S", "ret\t$128", "ret")]
# Not broken, only slow: some microseconds between the last look at what is pending and
# the store of the level. Then broken, as it does not look again.
for machine in BROKEN:
    opening = "\tmov\t%eax, STATE_LEVEL"
    slow = (f"interrupt_{machine}.S", opening,
            f"\tmov\t$4000, %ecx\n7:\tloop\t7b\n{opening}")
    BROKEN[machine]["slow"] = [slow]
    BROKEN[machine]["slow and blind"] = [slow, (slow[0], "\tjne\tjumpslot_resume\n", "")]
# Components of XRSTOR that this processor has.
COMPONENTS = {"x87": 1, "XMM": 2} | ({"YMM": 4} if "avx" in CPU_FLAGS else {}) | (
    {"masks": 0x20, "ZMM": 0x40} if "avx512bw" in CPU_FLAGS else {})


def broken_runner(tools, arch, name, mask=0):
    """Build a runner with replaced source text; returns its host-wrapper."""
    replaced = BROKEN[arch][name]
    replaced = replaced if isinstance(replaced, list) else [replaced]
    runner = ChangedRunner(tools.directory, arch, "-static")
    for file, old, new in replaced:
        def edit(text):
            assert text.count(old) == 1, f"{old} in {file}"
            return text.replace(old, new.replace("{mask}", f"{~mask}"))
        runner.change(file, edit)
    return runner.link() / "host-wrapper"


def outcome_of_broken(guests, tmp_path, name, case, mask=0, rounds=ROUNDS):
    wrapper = broken_runner(Toolbox(tmp_path, guests.arch), guests.arch, name, mask)
    return run(wrapper, "--timeout", TIMEOUT, guests.stress, case, rounds, check=False,
               timeout=2 * TIMEOUT, errors="replace")


CHANGES = "general registers", "flags", "stack pointer", "red zone"


def saw_something(result, what):
    """The check saw it, or a wrong register made the guest crash or garble its report."""
    garbled = ("changed: " in result.stdout or "\ufffd" in result.stdout) and \
        not any(change in result.stdout for change in CHANGES)
    return (result.stdout.startswith(f"changed: {what}") or
            (garbled and result.returncode != 0) or
            (result.returncode > 128 and result.returncode != 128 + signal.SIGKILL))


@pytest.mark.parametrize("name,seen", [
    ("registers swapped", "general registers"),
    ("flags not restored", "flags"),
    ("stack pointer off", "stack pointer"),
    ("red zone used", "red zone"),
])
def test_the_check_of_registers_notices_a_broken_return(guests, tmp_path, name, seen):
    if name not in BROKEN[guests.arch]:
        assert (guests.arch, name) == ("i386", "red zone used")
        return
    result = outcome_of_broken(guests, tmp_path, name, "registers")
    assert saw_something(result, seen)


@pytest.mark.parametrize("component", COMPONENTS)
def test_the_check_of_vectors_sees_each_component(guests, tmp_path, component):
    result = outcome_of_broken(guests, tmp_path, "one vector component", "registers",
                               COMPONENTS[component])
    assert saw_something(result, "")


def test_the_count_of_interrupts_sees_one_that_is_lost(guests, tmp_path):
    result = outcome_of_broken(guests, tmp_path, "slow and blind", "one-shot-pairs")
    assert result.returncode == 1
    assert result.stdout.endswith(": REACHES(delivered[CLOCK] == before + 4)\n")


@pytest.mark.parametrize("case", ["one-shot-pairs", "one-shot-waits", "registers"])
def test_a_slow_return_loses_no_interrupt(guests, tmp_path, case):
    assert all_was_right(outcome_of_broken(guests, tmp_path, "slow", case,
                                           rounds=ROUNDS // 10))
