"""The filter of the kvm host's runner is minimal: something fails when a rule is taken
out. The cases of test_rules.py run here with --host kvm, and so do those below.

They need a /dev/kvm that works, and for i386 one that runs i386 guests: KVM_FULL=1 runs
them in the reference machine. Rules of ports are those of the process host
(test_port_rules.py).
"""

import errno
import os
import shutil
import subprocess
from copy import copy

import pytest
from conftest import BUILD, HANGS, Toolbox, run
from gdb_client import Client
from hide_ability import build_hide_ability
from host_abilities import ARCHES, KVM_MACHINE
from old_kernel import without
from stated_rules import take_out
from test_rules import CASES as SHARED
from test_rules import FAULTS, RESET, SLEEP, SPIN, TICK, Case, rules_of

pytestmark = pytest.mark.skipif(not os.access("/dev/kvm", os.R_OK | os.W_OK),
                                reason="needs /dev/kvm")
RUNNERS = {arch: f"jumpslot-runner-{arch}-kvm" for arch in ARCHES["process"]}
KILLED, FORBIDDEN = 128 + 9, 128 + 31
# Of KVM (linux/kvm.h), as the filter has them.
RUN, GET_REGS, SET_REGS, GET_SREGS, SET_SREGS = (
    0xae80, 0x8090ae81, 0x4090ae82, 0x8138ae83, 0x4138ae84)
GET_XSAVE, SET_XSAVE, GET_EVENTS = 0x9000aea4, 0x5000aea5, 0x8040ae9f
GET_DEBUG, SET_DEBUG = 0x8080aea1, 0x4080aea2
X86_64_IOCTL, I386_IOCTL = 16, 54
TRAP = "__builtin_trap();"
# Repaired by the handler, which goes on after the instruction.
REPAIRED = """
    void skip(struct jumpslot_fault *fault)
    {
            fault->pc += 2;
            fault->decision = JUMPSLOT_FAULT_RETRY;
    }
    if (_BSP_Virtual_faulthandler(skip)) return 98;
    __asm__ volatile("ud2");
    """
# These two import no function whose rule allows a look at the clock.
IDLE = """leaving = 1; listen_to(0); _BSP_Virtual_Clock_init();
    _BSP_Virtual_Clock_periodic(1000000000, 1000000000); _CPU_Virtual_idle_thread();"""
# Seconds of more than 32 bits; the clock's interrupt comes before.
LONG_SLEEP = IDLE.replace("idle_thread()", "Wait_for_event(3000000000000000000u)")
TICKS = """if (listen_to(0) || _BSP_Virtual_Clock_init() ||
        _BSP_Virtual_Clock_periodic(1000000, 1000000)) return 98;""" + SPIN
BY_HANDLER = RESET % "{ _BSP_Virtual_faulthandler(fault); __builtin_trap(); }"


def ioctl(who, request):
    """The name of a rule."""
    return f"{who} ioctl 0=vcpu,1={request - (request >> 31 << 32)}"


# gdb's numbers of RIP and EIP.
PROGRAM_COUNTER = {"x86_64": b"p10", "i386": b"p8"}


class Session(Case):
    """A guest under gdb, which sends packets. A reply that does not come is the end."""

    def __init__(self, *packets, **more):
        super().__init__("", **more)
        self.packets, self.refused = packets, False

    def run(self, wrapper, words, arch):
        path = wrapper.parent / "gdb"
        with subprocess.Popen([wrapper, *self.options, "--gdb", path, *words],
                              stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              text=True) as guest:
            waits = guest.stderr.readline()
            try:
                client = Client(path)
                address = b"%x" % int.from_bytes(
                    bytes.fromhex(client.ask(PROGRAM_COUNTER[arch]).decode()), "little")
                for packet in self.packets:
                    self.refused |= not client.ask(packet.replace(b"PC", address))
                client.send(b"c")
            except (AssertionError, OSError, ValueError):
                pass
            _, errors = guest.communicate(timeout=HANGS)
        return guest.returncode, waits + errors


CASES = {name: Case(case.body, *case.options, status=case.status, text=case.text,
                    stop=case.stop, input=case.input, output=case.output,
                    before=case.before)
         for name, case in SHARED.items()
         if not name.startswith(("(segments)", "(blocking)")) and name not in (
             "(always) rt_sigprocmask 0=1",
             "_CPU_Virtual_Wait_for_event clock_nanosleep 0=1,1=1",
             "_CPU_Virtual_idle_thread clock_nanosleep 0=1,1=1")}
CASES |= {
    "(always) rt_sigprocmask": Case(TRAP, status=132),
    # A call of KVM that fails is reported by the runner itself.
    "(always) write 0=2": Case(
        TICK + SPIN, status=125, text="KVM_GET_VCPU_EVENTS",
        before=without(X86_64_IOCTL, I386_IOCTL, errno.EINVAL, (1, GET_EVENTS))),
    ioctl("(always)", RUN): Case(""),
    ioctl("(always)", GET_REGS): Case(TRAP, status=132),
    ioctl("(always)", SET_REGS): Case(TICK + SPIN),
    ioctl("(always)", GET_SREGS): Case(FAULTS[11], status=139),
    ioctl("(always)", SET_SREGS): Case(BY_HANDLER),
    ioctl("(always)", GET_XSAVE): Case(REPAIRED),
    ioctl("(always)", SET_XSAVE): Case(REPAIRED),
    ioctl("(always)", GET_EVENTS): Case(TICK + SPIN),
    "(guest_clock) clock_gettime": Case(TICKS, "--clock", "guest"),
    "_CPU_Virtual_Wait_for_event ppoll": Case(SLEEP),
    "_CPU_Virtual_Wait_for_event clock_gettime": Case(SLEEP),
    "_CPU_Virtual_idle_thread ppoll": Case(IDLE),
    "_CPU_Virtual_idle_thread clock_gettime": Case(IDLE),
    "(gdb) recvfrom 0=gdb": Session(),
    "(gdb) sendto 0=gdb": Session(),
    "(gdb) close 0=gdb": Session(b"D"),
    "(gdb) tgkill 0=process,2=9": Session(b"k", status=KILLED),
    "(gdb) mprotect 2&0x4=0x0": Session(b"Z0,PC,1", b"z0,PC,1"),
    ioctl("(gdb)", SET_DEBUG): Session(b"Z2,PC,1", b"z2,PC,1"),
    ioctl("(gdb)", GET_DEBUG): Session(b"Z2,PC,1", b"s", b"z2,PC,1"),
}
LONG = "_CPU_Virtual_Wait_for_event ppoll_time64"
CASES_OF = {"x86_64": CASES, "i386": {**CASES, LONG: Case(LONG_SLEEP)}}
# Of SIGBUS: QEMU's emulation raises no exception of alignment.
OF_ALIGNMENT = {"(always) rt_sigaction 0=7", "(always) tgkill 0=process,2=7"}
TRIED = {arch: [name for name in cases
                if KVM_MACHINE != "nested" or name not in OF_ALIGNMENT]
         for arch, cases in CASES_OF.items()}
# Another rule of this runner allows the same: both are taken out.
ALWAYS = "(always) write 0=2"
IMPLIED = [name for name in CASES if name.endswith(" write 0=2") and name != ALWAYS]


@pytest.mark.parametrize("arch", RUNNERS)
def test_each_rule_of_the_runner_has_a_case(arch):
    assert set(rules_of(RUNNERS[arch])) == set(CASES_OF[arch])


@pytest.fixture(scope="module", name="hide_ability")
def make_hide_ability(tmp_path_factory):
    return build_hide_ability(tmp_path_factory.mktemp("hide"))


@pytest.mark.parametrize("arch,name", [
    (arch, name) for arch in ARCHES["kvm"] for name in TRIED[arch]])
def test_something_fails_without_the_rule(tmp_path, arch, name, hide_ability):
    tools, runner = Toolbox(tmp_path, arch), RUNNERS[arch]
    case = copy(CASES_OF[arch][name])
    case.options = "--host", "kvm", *case.options
    words = [*case.provider(tools), case.guest(tools)]
    folder = tmp_path / "bin"
    folder.mkdir()
    for program in "host-wrapper", runner:
        shutil.copy(BUILD / "bin" / program, folder)

    def run_case():
        if not name.endswith(" clock_gettime"):
            return case.run(folder / "host-wrapper", words, arch)
        result = run(hide_ability, "vdso", folder / "host-wrapper", *case.options, *words,
                     check=False)
        return result.returncode, result.stderr
    status, stderr = run_case()
    assert status == case.status and case.text in stderr, stderr
    if isinstance(case, Session) and case.refused:
        pytest.skip("this /dev/kvm has no debug registers")
    for rule in {name, ALWAYS} if name in IMPLIED else {name}:
        take_out(folder / runner, rules_of(runner)[rule])
    status, stderr = run_case()
    assert status != case.status or case.text not in stderr, stderr
    assert status in (FORBIDDEN, 125), (status, stderr)
