"""The filter is minimal: something fails when a rule of the runner is taken out.

Each case does what needs one rule. It runs with the runner as it is, and with a copy in
which that rule is for a machine that does not exist.
"""

import shutil

import pytest
from conftest import BUILD, Toolbox, run
from hide_ability import build_hide_ability
from old_kernel import without_preadv2
from rule_case import ENDED, RuleCase
from stated_rules import stated_rules, take_out

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
            if (leaving && count >= leaving) _CPU_Virtual_exec_stop_error(3);
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
# A blocking function masks the signal of a clock that is set.
CLOCK_IS_SET = TICK.replace("_read() + 1000000", "_read() + 1000000000000000")
# The first may come before the guest gets any further; others follow.
TICKS = TICK.replace("1000000)", "1000000, 1000000)").replace("oneshot", "periodic")
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
# Other bases than the host's.
CHANGED = '__asm__ volatile("wr%sbase %%%%rax" : : "a"(4096L));'
PROVIDER = """
    #include <jumpslot/provider.h>
    #include "wanted.h"
    EF(nothing)
    JUMPSLOT_BLOCKING(nothing)
    JUMPSLOT_SYSCALLS(nothing, JUMPSLOT_NO_SYSCALLS)
    int nothing(void) { return 0; }
    """


class Case(RuleCase):
    """A guest of HEAD."""

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
    "(always) rt_sigprocmask 0=1": Case(TICKS + NO_STACK, status=139,
                                        text="no room on the stack"),
    "(interrupts) tgkill 0=process,2=23": Case(LISTEN, input="pipe"),
    "(blocking) rt_sigprocmask 0=2": Case(
        CLOCK_IS_SET + "if (nothing()) return 98;"),
    "(trace) clock_gettime": Case("if (nothing()) return 98;", "--in-place", "--on",
                                  "nothing=delay:1us"),
    "(delay) clock_nanosleep 0=1,1=1": Case("if (nothing()) return 98;", "--on",
                                            "nothing=delay:1us"),
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
        "leaving = 9;" + TICKS + "_CPU_Virtual_idle_thread();"),
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
# In effect on x86-64 processors that read and write FS and GS by system calls alone.
TRAP = "__builtin_trap();"
for code, body in {"4099": TRAP, "4100": TRAP, "4098": CHANGED % "fs" + TRAP,
                   "4097": CHANGED % "gs" + TRAP}.items():
    CASES[f"(segments) arch_prctl 0={code}"] = Case(body, "--in-place", status=132)


def name_of(rule):
    """The same for both machines."""
    return str(rule).replace(rule.call, rule.call.partition(":")[2] or rule.call).replace(
        "64:", "").replace("clock_gettime64", "clock_gettime").replace(
        "timer_settime64", "timer_settime").replace("nanosleep_time64", "nanosleep")


def rules_of(runner):
    """All but those of ports, which need a peer: test_port_rules.py has them."""
    return {name_of(rule): rule for rule in stated_rules(BUILD / "bin" / runner)
            if not rule.who.startswith("jumpslot_port_")}


def cases_of(arch):
    return [name for name in CASES
            if arch == "x86_64" or not name.startswith("(segments)")]


@pytest.mark.parametrize("kind", ["", "-static"])
@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_each_rule_of_the_runner_has_a_case(arch, kind):
    assert set(rules_of(f"jumpslot-runner-{arch}{kind}")) == set(cases_of(arch))


# Rules that have no effect, or are for a call that is not made, where the kernel reports
# that ability.
WITHOUT = {"_BSP_Virtual_Clock_read": "vdso", "(trace)": "vdso", "(segments)": "fsgsbase"}


@pytest.fixture(scope="module", name="hide_ability")
def make_hide_ability(tmp_path_factory):
    return build_hide_ability(tmp_path_factory.mktemp("hide"))


@pytest.mark.parametrize("arch,name", [
    (arch, name) for arch in ("x86_64", "i386") for name in cases_of(arch)])
def test_something_fails_without_the_rule(tmp_path, arch, name, hide_ability):
    tools, case = Toolbox(tmp_path, arch), CASES[name]
    provider = case.provider(tools)
    words = [*provider, case.guest(tools)]
    runner = f"jumpslot-runner-{arch}" + ("" if provider else "-static")
    hidden = WITHOUT.get(name.split()[0])
    before = [hide_ability, hidden] if hidden else []
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
