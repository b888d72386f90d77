"""Interrupts reach the guest at any instruction and change nothing; none is lost."""

import os
import random
import re
import resource
import select
import signal
import subprocess
import threading

import pytest
from changed_runner import ChangedRunner
from conftest import BUILD, ROOT, WRAPPER, Toolbox, run, without_account

GUESTS = ROOT / "tests/interrupts/guests"
# Interrupts per test that counts them. A soak: ROUNDS=1000000 pytest ...
ROUNDS = int(os.environ.get("ROUNDS", "100000"))
TIMEOUT = 60 + ROUNDS // 1000
CPU_FLAGS = next(line for line in open("/proc/cpuinfo", encoding="ascii")
                 if line.startswith("flags")).split()


# Waiting, and a thread, whose start and end are libc's.
HOST_CALLS = ["poll", "clock_nanosleep", "i386:clock_nanosleep_time64", "clone", "clone3",
              "rseq", "set_robust_list", "exit", "tgkill", "getpid"]


class Interrupts:
    """The guests and the provider of one architecture."""

    def __init__(self, directory, arch):
        self.tools, self.arch = Toolbox(directory, arch), arch
        self.provider = self.tools.provider(GUESTS / "interrupts_provider.c", "-pthread",
                                            name="interrupts", needs=HOST_CALLS)
        self.stress = self.guest("stress", "interrupts_registers.c",
                                 f"interrupts_registers_{arch}.S")
        self.rules = self.guest("rules")
        self.host = self.guest("host")

    def guest(self, name, *more):
        # Nothing here has a memset().
        flags = ["-msse2", "-fno-tree-loop-distribute-patterns"]
        if self.arch == "x86_64":
            flags.append("-mfsgsbase")
        objects = [self.tools.compile(GUESTS / source, *flags)
                   for source in (f"interrupts_{name}_guest.c", *more)]
        return self.tools.link(*objects, "-lgcc", name=f"interrupts_{name}")

    def run_stress(self, case, rounds=ROUNDS):
        return self.tools.wrapper("--timeout", TIMEOUT, self.stress, case, rounds,
                                  timeout=2 * TIMEOUT)

    def run_rules(self, case):
        return self.tools.wrapper("--timeout", 60, self.rules, case)

    def run_host(self, case, *arguments, options=()):
        # These open a file while the guest runs.
        sandbox = "off" if case in ("libc", "another-thread", "never-enable") \
            else "on"
        return self.tools.wrapper("--timeout", 60, f"--sandbox={sandbox}",
                                  "--provider", self.provider, *options, self.host, case,
                                  *arguments)


@pytest.fixture(scope="module", params=["x86_64", "i386"])
def guests(request, tmp_path_factory):
    return Interrupts(tmp_path_factory.mktemp("interrupts"), request.param)


def all_was_right(result):
    return (result.stdout, result.stderr, result.returncode) == ("", "", 0)


def ended(result):
    """The reason in the report, with addresses left out, and the exit status."""
    assert result.stdout == ""
    line, *more = without_account(result.stderr).splitlines()
    assert all(line.startswith("  virtual CPU: level ") for line in more)
    _, _, reason = line.partition(".elf: ")
    return re.sub(r"0x[0-9a-f]+", "0x", reason), result.returncode


def run_disturbed(*command, pause_at_most=0.001):
    """Run a guest in one process, and send it the interrupts' signal at random times."""
    child = subprocess.Popen([str(word) for word in
                              (*WRAPPER, "--in-place", *command)],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    over, pause = threading.Event(), random.Random(1)

    def disturb():
        while not over.wait(pause.random() * pause_at_most):
            for _ in range(pause.randrange(5)):
                os.kill(child.pid, signal.SIGURG)
    thread = threading.Thread(target=disturb)
    thread.start()
    process = os.pidfd_open(child.pid)
    try:
        select.select([process], [], [], 2 * TIMEOUT)
    finally:
        over.set()
        thread.join()  # before anybody waits, and the child's number is free for others
        os.close(process)
        child.kill()
        stdout, stderr = child.communicate()
    return subprocess.CompletedProcess(command, child.returncode, stdout, stderr)


@pytest.mark.parametrize("case,divisor,promise", [
    ("registers", 1, "no register, flag or word of the red zone changes, and delivered, "
                     "coalesced and missed interrupts add up to those that were raised"),
    ("threads", 10, "a handler may run other threads before it returns"),
    ("enabling", 0.5, "an interrupt raised within disable and enable comes after it"),
    ("one-shot-pairs", 10, "no interrupt is lost that comes while the guest enables"),
    ("one-shot-waits", 10, "no interrupt is lost that comes as the guest falls asleep"),
])
def test_interrupts_at_random_change_nothing_and_arrive(guests, case, divisor, promise):
    assert all_was_right(guests.run_stress(case, int(ROUNDS / divisor))), promise


@pytest.mark.parametrize("case,divisor", [("registers", 5), ("threads", 10),
                                          ("enabling", 0.5)])
def test_signals_of_another_process_disturb_nothing(guests, case, divisor):
    assert all_was_right(run_disturbed(guests.stress, case, int(ROUNDS / divisor)))


def test_signals_before_the_guest_starts_disturb_nothing(guests):
    ticker = BUILD / f"guests/ticker-{guests.arch}.elf"
    for _ in range(30):
        result = run_disturbed(ticker, pause_at_most=0.0001)
        assert (result.stdout, result.stderr, result.returncode) == \
            (5 * "tick\n" + "held back\ndelivered\n", "", 0)


# Broken returns from a handler, which the checks above must notice: a file, and the text
# that is replaced in it.
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


@pytest.mark.parametrize("case,promise", [
    ("start", "a guest starts at level 1, with all vectors masked"),
    ("refuses", "a vector that does not exist, is not served or is in use is refused"),
    ("clock-refuses", "the clock refuses invalid periods and times"),
    ("order", "eight vectors come when the guest enables, the lowest first"),
    ("order-frames", "they come after a handler that raised them, the lowest first"),
    ("flash", "flash delivers them and leaves the level at 1"),
    ("pairs", "eight pairs nest"),
    ("absolute", "open and close do not count"),
    ("nest", "handlers nest eight deep, each called by the last"),
    ("nest-frames", "handlers nest eight deep, each on the frame of an interrupt"),
    ("late", "a vector waits until it is acknowledged, and others come"),
    ("never", "an unacknowledged vector does not come again; the clock counts on"),
    ("mask", "a masked vector waits"),
    ("clear", "clearing drops a pending vector, and nothing else"),
    ("state", "a vector is pending, masked, in service, or none of these"),
    ("detach", "detaching drops a pending vector"),
    ("detach-service", "detaching ends the service"),
    ("detach-clock", "a detached clock raises nothing"),
    ("frame", "the frame says where the guest was, and is at most interrupt_frame bytes"),
    ("frame-level", "the guest continues at the level in the frame"),
    ("exceptions", "a handler's division by zero does not fault in the interrupted code"),
    ("control", "every handler starts with default floating-point control"),
    ("stack-pointer", "an unaligned stack pointer is restored"),
])
def test_the_rules_of_delivery(guests, case, promise):
    assert all_was_right(guests.run_rules(case)), promise


@pytest.mark.parametrize("case,arguments,promise", [
    ("gated-sleep", (), "an interrupt ends the sleep of a gated function, then comes"),
    ("blocking-sleep", (), "an interrupt does not end the sleep of a blocking function"),
    ("libc", (), "a gated function that allocates and prints is never interrupted"),
    ("gated", (), "a gated function that computes is not interrupted, on either stack"),
    ("direct", (), "a direct function is interrupted"),
    ("callback", (), "no callback is interrupted until the outermost function returns"),
    ("gates", (ROUNDS // 50,), "no interrupt is lost on the way out of a gate"),
    ("after-direct", (), "no interrupt is lost after a direct call"),
    ("wait", (), "waiting ends at the deadline, by an interrupt, or at once"),
    ("idle", (), "the idle thread handles interrupts"),
    ("another-thread", (), "the signal may arrive on any host thread"),
    ("never-enable", (), "a guest that never enables runs undisturbed"),
])
def test_interrupts_and_host_functions(guests, case, arguments, promise):
    for bind in "lazy", "now":
        result = guests.run_host(case, *arguments, options=["--bind", bind])
        assert all_was_right(result), promise


def test_interrupts_arrive_if_the_parent_had_blocked_their_signal(guests):
    """For example a parent that receives SIGURG by signalfd()."""
    def block():
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGURG])
    assert all_was_right(guests.tools.wrapper(
        "--timeout", 30, "--provider", guests.provider, guests.host, "wait",
        preexec_fn=block))


def test_waiting_takes_no_processor_time(guests):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert all_was_right(guests.run_host("sleep"))  # one second
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert used < 0.1


@pytest.mark.parametrize("case", ["corrupt-state", "corrupt-frame"])
def test_a_guest_that_corrupts_its_interrupts_hurts_only_itself(guests, case):
    """It runs on, or is stopped with a report. The next guest runs as ever."""
    for seed in range(1, 13):
        result = guests.run_host(case, seed, options=["--timeout", "2"])
        assert result.stdout == ""
        if result.returncode:
            reason, status = ended(result)
            assert reason.startswith("stopped by signal "), seed
            assert status > 128
        else:
            assert result.stderr == ""
    assert all_was_right(guests.run_rules("order"))


NO_ROOM = ("stopped by signal 11 (Segmentation fault): no room on the stack for "
           "interrupt 0, which came at 0x <tick_here+0x>")


def test_a_stack_without_room_for_the_frame_is_reported(guests):
    reason, status = ended(guests.run_host("full-stack", 65536,
                                           options=["--stack", "64K"]))
    assert reason == NO_ROOM
    assert status == 128 + signal.SIGSEGV


def test_a_stack_outside_of_the_guests_memory_is_reported(guests):
    reason, status = ended(guests.run_host("foreign-stack"))
    assert reason == NO_ROOM
    assert status == 128 + signal.SIGSEGV
