"""A host function that never returns, and a guest that spins with interrupts off, end
with the time-out, and the report says where; runs share no providers."""

import re
import subprocess

import pytest
from conftest import BUILD, each_arch as arch

# A report says which function a gated call is in, and of a direct one only that it is not
# the guest's code: it is a jump.
GATED = (r"it was at 0x[0-9a-f]+ \(not the guest's code: a provider's or the runner's\), "
         r"in stuck, called from 0x[0-9a-f]+ <_start\+0x[0-9a-f]+>\n")
DIRECT = r"it was at 0x[0-9a-f]+ \(not the guest's code: a provider's or the runner's, "
SILENT = r"it has not answered where it was\n"
STUCK = {
    "in a loop": 'for (;;) __asm__ volatile("");',
    "in a system call": "for (;;) pause();",
    "with all signals blocked": "sigset_t all; sigfillset(&all);"
                                "sigprocmask(SIG_SETMASK, &all, 0); for (;;) pause();",
}
TIME_IS_UP = r"host-wrapper: \S+: stopped by signal 9 \(Killed\): its time is up " \
             r"\(--timeout\)\n  "


def ends_on_time(tools, account, *arguments):
    """On a busy machine, the time of the first runs may be up before the guest spins."""
    for seconds in 0.2, 2, 10:
        result = tools.wrapper("--timeout", seconds, *arguments)
        if re.match(TIME_IS_UP + account, result.stderr):
            break
    assert re.match(TIME_IS_UP + account, result.stderr), result.stderr
    assert result.returncode == 137


def guest_of(tools, function):
    return tools.guest(f"""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        EXTERNAL_FUNC(int, {function})
        JUMPSLOT_ENTRY(info)
        {{
                (void)info;
                volatile int result = {function}(); /* not a tail call */
                return result;
        }}
        """)


@pytest.mark.parametrize("mode", ["", "JUMPSLOT_BLOCKING(stuck)",
                                  "JUMPSLOT_DIRECT(stuck)"])
@pytest.mark.parametrize("where", STUCK)
def test_a_host_function_that_never_returns_ends_on_time(tools, arch, where, mode):
    provider = tools.provider(f"""
        #include <jumpslot/provider.h>
        #include <signal.h>
        #include <unistd.h>
        EXTERNAL_FUNC(int, stuck)
        EF(stuck) {mode}
        int stuck(void) {{ {STUCK[where]} }}
        """, needs=["pause"])
    account = GATED if "DIRECT" not in mode else DIRECT
    ends_on_time(tools, SILENT if "blocked" in where else account, "--provider", provider,
                 guest_of(tools, "stuck"))


def test_a_guest_that_spins_with_interrupts_off_ends_on_time(tools, arch):
    where = r"it was at 0x[0-9a-f]+ <_start\+0x[0-9a-f]+>, at interrupt level 1\n"
    ends_on_time(tools, where, tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_cpu.h>
        static void isr(int vector, void *frame) { (void)vector; (void)frame; }
        JUMPSLOT_ENTRY(info)
        {
                (void)info;
                _CPU_Virtual_Set_handler(isr);
                _CPU_Virtual_Interrupts_close();
                for (;;)
                        __asm__ volatile("");
        }
        """))


def test_two_guests_at_once_have_their_own_providers(tools, arch):
    """Providers of the same functions, each of which waits for the other guest."""
    providers = [tools.provider(f"""
        #include <jumpslot/provider.h>
        #include <unistd.h>
        EXTERNAL_FUNC(int, which)
        EF(which)
        int which(void)
        {{
                char byte = 0;
                if (write(1, "up", 2) != 2 || read(0, &byte, 1) != 1)
                        return 99;
                return {number};
        }}
        """, name=f"provider{number}", needs=["read"]) for number in (1, 2)]
    guest = guest_of(tools, "which")
    runs = [subprocess.Popen([BUILD / "bin/host-wrapper", "--provider", provider, guest],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            for provider in providers]
    assert [run.stdout.read(2) for run in runs] == [b"up", b"up"]
    for run in runs:
        run.communicate(b"x")
    assert [run.returncode for run in runs] == [1, 2]
