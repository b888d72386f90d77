"""The filter is minimal: something fails when a rule of the runner is taken out.

Each case does what needs one rule. It runs with the runner as it is, and with a copy in
which that rule is for a machine that does not exist.
"""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from conftest import BUILD, HANGS, ROOT, Toolbox, run
from old_kernel import without_preadv2
from stated_rules import stated_rules, take_out

ENDED = 3
# poll() and restart_syscall(), as /proc shows them.
POLL = {"x86_64": ("7", "219"), "i386": ("168", "0")}
HEAD = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/virt_cpu.h>
    #ifdef WANTED
    #include "wanted.h"
    #endif
    static volatile int count, leaving;
    static void isr(int vector, void *frame)
    {
            (void)frame;
            count++;
            if (leaving) _CPU_Virtual_exec_stop_error(3);
            _CPU_Virtual_Irq_ack(vector);
    }
    static int listen_to(int vector)
    {
            return _CPU_Virtual_Set_handler(isr) || _CPU_Virtual_Irq_request(vector);
    }
    static void fault(struct jumpslot_fault *fault)
    {
            fault->decision = JUMPSLOT_FAULT_RESTART_WARM;
    }
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            %s
            return 3;
    }
    """
TICK = """
    if (listen_to(0) || _BSP_Virtual_Clock_init() ||
        _BSP_Virtual_Clock_oneshot(_BSP_Virtual_Clock_read() + 1000000)) return 98;
    """
SPIN = "_CPU_Virtual_Interrupts_open(); while (!count) ;"
NO_STACK = """_CPU_Virtual_Interrupts_open();
    __asm__ volatile("xor %%esp, %%esp\\n 1: jmp 1b" : : : "memory");"""
MISALIGNED = """
    static _Alignas(8) volatile char bytes[16];
    #ifdef __x86_64__
    __asm__ volatile("pushfq\\n orl $0x40000, (%%rsp)\\n popfq\\n" : : : "memory", "cc");
    #else
    __asm__ volatile("pushfl\\n orl $0x40000, (%%esp)\\n popfl\\n" : : : "memory", "cc");
    #endif
    return *(volatile int *)(void *)(bytes + 1);
    """
# Faults of the guest, by the signal that ends it.
FAULTS = {
    11: "volatile uintptr_t where = 16; *(volatile int *)where = 0;",
    7: MISALIGNED,
    4: "__builtin_trap();",
    8: "volatile int zero = 0; return 100 / zero;",
    5: "__asm__ volatile(\"int3\");",
}
PROVIDER = """
    #include <jumpslot/provider.h>
    #include "wanted.h"
    EF(nothing)
    JUMPSLOT_BLOCKING(nothing)
    JUMPSLOT_SYSCALLS(nothing, JUMPSLOT_NO_SYSCALLS)
    int nothing(void) { return 0; }
    """


def waits(process, arch):
    """The sandbox is closed, and a thread of the process is in poll()."""
    if process.poll() is not None:
        return True
    if "\nSeccomp:\t2\n" not in Path(f"/proc/{process.pid}/status").read_text():
        return False
    for task in Path(f"/proc/{process.pid}/task").iterdir():
        try:
            if (task / "syscall").read_text().split()[0] in POLL[arch]:
                return True
        except (FileNotFoundError, ProcessLookupError):
            pass
    return False


def state(process):
    if process.poll() is not None:
        return "Z"
    stat = Path(f"/proc/{process.pid}/stat").read_text()
    return stat.rpartition(")")[2].split()[0]


def wait_until(condition, process):
    end = time.monotonic() + HANGS
    while not condition() and process.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.001)


class Case:
    """A guest, and how it is run. `wrapper` is the host-wrapper of the runner."""

    def __init__(self, body, *options, status=ENDED, text="", stop=None, input=None,
                 output=None, before=None):
        self.body, self.options, self.status, self.text = body, options, status, text
        self.stop, self.input, self.output, self.before = stop, input, output, before

    def guest(self, tools):
        flags = ["-DWANTED", "-I", tools.directory] if "nothing" in self.body else []
        return tools.guest(HEAD.replace("%s", self.body), *flags,
                           "-Wno-unused-function", "-Wno-misleading-indentation")

    def provider(self, tools):
        if "nothing" not in self.body:
            return []
        tools.write("wanted.h", "#include <jumpslot/external_func.h>\n"
                                "EXTERNAL_FUNC(int, nothing)\n")
        return ["--provider", tools.provider(PROVIDER)]

    def start(self, wrapper, words, pipe, full, ends):
        """The process, with a line or input from `pipe`, and an output that is full."""
        line = [f"2=fd:{pipe[0]}"] if "--line" in self.options else []
        stdin = {"pipe": pipe[0], "socket": ends[0]}.get(self.input, subprocess.DEVNULL)
        outputs = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
        if self.output:
            fcntl.fcntl(full[1], fcntl.F_SETFL, os.O_NONBLOCK)
            outputs[self.output] = full[1]
        return subprocess.Popen(
            [str(word) for word in (wrapper, *self.options, *line, *words)], stdin=stdin,
            text=True, pass_fds=[pipe[0]], preexec_fn=self.before, **outputs)

    def disturb(self, process, arch):
        """Stop and continue it where it waits, or end it there by SIGXCPU."""
        if self.stop or self.output:
            wait_until(lambda: waits(process, arch), process)
        if self.stop == "kill":
            process.send_signal(signal.SIGXCPU)
            process.wait(timeout=HANGS)
        elif self.stop:
            for _ in range(10):  # at first it may be about to leave poll() anyway
                wait_until(lambda: waits(process, arch), process)
                process.send_signal(signal.SIGSTOP)
                wait_until(lambda: state(process) in "TZ", process)
                process.send_signal(signal.SIGCONT)

    def feed(self, process, pipe, full, ends):
        """Give input until it has ended, and take its output."""
        ends[1].send(b"x")
        os.close(full[1])
        while self.output and os.read(full[0], 1 << 20):
            pass
        while process.poll() is None:
            os.write(pipe[1], b"x")
            time.sleep(0.002)

    def run(self, wrapper, words, arch):
        """(status, standard error)."""
        pipe, full, ends = os.pipe(), os.pipe(), socket.socketpair()
        process = self.start(wrapper, words, pipe, full, ends)
        try:
            self.disturb(process, arch)
            self.feed(process, pipe, full, ends)
            stderr = process.communicate(timeout=HANGS)[1]
        finally:
            process.kill()
            for end in *pipe, full[0]:
                os.close(end)
            for end in ends:
                end.close()
        status = process.returncode
        return 128 - status if status < 0 else status, stderr or ""


OUTPUT = """static char block[1 << 20];
    if (_BSP_Virtual_Console_%s(block, sizeof(block)) != sizeof(block)) return 98;"""
READ = "while (_BSP_Virtual_Console_read() < 0) ;"
LISTEN = "if (listen_to(1)) return 98; _BSP_Virtual_Console_init();" + SPIN
LINE = "if (listen_to(2)) return 98;" + SPIN
SLEEP = """if (listen_to(3 + 20)) return 98;
    _CPU_Virtual_Wait_for_event(1000000);"""
RESET = """volatile int *area = (int *)(uintptr_t)info->work_area_base;
    if (!(*area)++) %s"""
LATE = {"before": without_preadv2}
CASES = {
    "(always) exit_group": Case("_BSP_Virtual_Console_write(\"\", 0);"),
    "(always) rt_sigreturn": Case(TICK + SPIN),
    "(always) gettid": Case("__builtin_trap();", status=132),
    "(always) rt_sigprocmask 0=1": Case(TICK + NO_STACK, status=139,
                                        text="no room on the stack"),
    "(interrupts) tgkill 0=process,2=23": Case(LISTEN, input="pipe"),
    "(blocking) rt_sigprocmask 0=2": Case("if (nothing()) return 98;"),
    "(report) write 0=2": Case("_BSP_Virtual_Console_write(\"\", 0);", "--report",
                               text="bound 1 of"),
    "(guest_clock) clock_gettime": Case(SLEEP, "--clock", "guest"),
    "(lines) poll": Case(LINE, "--line"),
    "(lines) restart_syscall": Case(LINE, "--in-place", "--line", stop=True),
    "(lines) preadv2 0=line": Case(LINE, "--line"),
    "(lines) read 0=line": Case(LINE, "--line", **LATE),
    "_BSP_Virtual_Clock_read clock_gettime": Case(
        "if (!_BSP_Virtual_Clock_read()) return 98;", "--in-place"),
    "_BSP_Virtual_Clock_init timer_create 0=1": Case(
        "listen_to(0); _BSP_Virtual_Clock_init();"),
    "_BSP_Virtual_Clock_periodic timer_settime": Case(
        "listen_to(0); _BSP_Virtual_Clock_init(); "
        "_BSP_Virtual_Clock_periodic(1000000, 1000000);"),
    "_BSP_Virtual_Clock_oneshot timer_settime": Case(
        "listen_to(0); _BSP_Virtual_Clock_init(); _BSP_Virtual_Clock_oneshot(1);"),
    "_BSP_Virtual_Clock_stop timer_settime": Case(
        "listen_to(0); _BSP_Virtual_Clock_init(); _BSP_Virtual_Clock_stop();"),
    "_BSP_Virtual_Console_write write 0=1": Case(
        "if (_BSP_Virtual_Console_write(\"x\", 1) != 1) return 98;"),
    "_BSP_Virtual_Console_error write 0=2": Case(
        "if (_BSP_Virtual_Console_error(\"x\", 1) != 1) return 98;"),
    "_BSP_Virtual_Console_read read 0=console": Case(READ, input="pipe"),
    "_BSP_Virtual_Console_read preadv2 0=console": Case(READ, input="socket"),
    "_BSP_Virtual_Console_read poll 1=1,2=0": Case(READ, input="socket", **LATE),
    "_BSP_Virtual_Console_init poll": Case(LISTEN, input="pipe"),
    "_BSP_Virtual_Console_init preadv2 0=wake": Case(LISTEN, input="pipe"),
    "_BSP_Virtual_Console_init read 0=wake": Case(LISTEN, input="pipe", **LATE),
    "_BSP_Virtual_Console_init restart_syscall": Case(LISTEN, "--in-place", input="pipe",
                                                      stop=True),
    "_BSP_Virtual_Console_init write 0=wake": Case(LISTEN, input="pipe"),
    "_BSP_Virtual_reset rt_sigpending": Case(RESET % "_BSP_Virtual_reset(1);"),
    "_BSP_Virtual_reset write 0=2": Case(
        "_BSP_Virtual_reset(1);", "--in-place", status=125, text="cannot restart"),
    "_BSP_Virtual_faulthandler rt_sigpending": Case(
        RESET % "{ _BSP_Virtual_faulthandler(fault); __builtin_trap(); }"),
    "_BSP_Virtual_faulthandler write 0=2": Case(
        "_BSP_Virtual_faulthandler(fault); __builtin_trap();", "--in-place", status=125,
        text="cannot restart"),
    "_CPU_Virtual_Wait_for_event clock_nanosleep 0=1,1=1": Case(SLEEP),
    "_CPU_Virtual_idle_thread clock_nanosleep 0=1,1=1": Case(
        "leaving = 1;" + TICK + "_CPU_Virtual_idle_thread();"),
}
for number, body in FAULTS.items():
    CASES[f"(always) rt_sigaction 0={number}"] = Case(body, status=128 + number)
    CASES[f"(always) tgkill 0=process,2={number}"] = Case(body, status=128 + number)
for call in "rt_sigaction 0=24", "tgkill 0=process,2=24":
    CASES[f"(always) {call}"] = Case(LINE, "--in-place", "--line", stop="kill",
                                     status=128 + 24)
for console in "write", "error":
    for call in "poll 1=1,2=-1", "restart_syscall":
        CASES[f"_BSP_Virtual_Console_{console} {call}"] = Case(
            OUTPUT % console, "--in-place",
            output="stdout" if console == "write" else "stderr",
            stop=call == "restart_syscall")
# In effect on processors that cannot read FS otherwise.
NOT_HERE = "(segments) "


def name_of(rule):
    """The same for both machines."""
    return str(rule).replace(rule.call, rule.call.partition(":")[2] or rule.call).replace(
        "64:", "").replace("clock_gettime64", "clock_gettime").replace(
        "timer_settime64", "timer_settime").replace("_time64", "")


def rules_of(runner):
    return {name_of(rule): rule for rule in stated_rules(BUILD / "bin" / runner)
            if not str(rule).startswith(NOT_HERE)}


@pytest.mark.parametrize("kind", ["", "-static"])
@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_each_rule_of_the_runner_has_a_case(arch, kind):
    assert set(rules_of(f"jumpslot-runner-{arch}{kind}")) == set(CASES)


@pytest.fixture(scope="module")
def hide_vdso(tmp_path_factory):
    made = tmp_path_factory.mktemp("vdso") / "without_vdso"
    run("gcc", "-O2", ROOT / "tests/sandbox/guests/without_vdso.c", "-o", made)
    return made


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_something_fails_without_the_rule(tmp_path, arch, name, hide_vdso):
    tools, case = Toolbox(tmp_path, arch), CASES[name]
    provider = case.provider(tools)
    words = [*provider, case.guest(tools)]
    runner = f"jumpslot-runner-{arch}" + ("" if provider else "-static")
    before = [hide_vdso] if name.startswith("_BSP_Virtual_Clock_read") else []
    folder = tmp_path / "bin"
    folder.mkdir()
    for program in "host-wrapper", runner:
        shutil.copy(BUILD / "bin" / program, folder)

    def run_case():
        if before:
            result = run(*before, folder / "host-wrapper", *case.options, *words,
                         check=False)
            return result.returncode, result.stderr
        return case.run(folder / "host-wrapper", words, arch)
    status, stderr = run_case()
    assert status == case.status and case.text in stderr, stderr
    take_out(folder / runner, rules_of(runner)[name])
    status, stderr = run_case()
    assert status != case.status or case.text not in stderr, stderr
    assert status in (128 + 31, 125), (status, stderr)
