"""A host function that never returns ends with the time-out; runs share no providers."""

import subprocess

import pytest
from conftest import BUILD, each_arch as arch

STUCK = {
    "in a loop": 'for (;;) __asm__ volatile("");',
    "in a system call": "for (;;) pause();",
    "with all signals blocked": "sigset_t all; sigfillset(&all);"
                                "sigprocmask(SIG_SETMASK, &all, 0); for (;;) pause();",
}


def guest_of(tools, function):
    return tools.guest(f"""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        EXTERNAL_FUNC(int, {function})
        JUMPSLOT_ENTRY(info) {{ (void)info; return {function}(); }}
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
    result = tools.wrapper("--timeout", "0.2", "--provider", provider,
                           guest_of(tools, "stuck"))
    assert "its time is up (--timeout)" in result.stderr
    assert result.returncode == 137


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
