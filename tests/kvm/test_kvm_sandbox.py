"""The runner's calls of KVM are for the processor's descriptor, and memory that the
kernel cannot give ends the guest with a report."""

import os
import shutil

import pytest
from conftest import BUILD, run

WRAPPER = BUILD / "bin/host-wrapper"
HELLO = BUILD / "guests/hello-x86_64.elf"
needs_kvm = pytest.mark.skipif(not os.access("/dev/kvm", os.R_OK | os.W_OK),
                               reason="needs /dev/kvm")
DECLARES = """
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC(int, act, int)
    """
GUEST = f"""
    #include <jumpslot/entry.h>
    {DECLARES}
    static const volatile char far[1 << 20] = {{ 1 }};
    JUMPSLOT_ENTRY(info) {{ (void)info; return act(1) + far[(1 << 20) - 1]; }}
    """


def test_every_call_of_kvm_is_for_the_processors_descriptor():
    rules = [line for line in run(WRAPPER, "--host", "kvm", "--print-sandbox",
                                  HELLO).stdout.splitlines() if "ioctl" in line]
    assert len(rules) >= 8
    for rule in rules:
        assert "  ioctl if arg0 is the virtual processor and arg1 == " in rule


@needs_kvm
def test_a_call_of_kvm_on_another_descriptor_ends_the_guest(tools):
    provider = tools.provider(f"""
        #include <jumpslot/provider.h>
        #include <linux/kvm.h>
        #include <sys/ioctl.h>
        {DECLARES}
        EF(act)
        int act(int value) {{ return value + ioctl(2, KVM_RUN, 0); }}
        """)
    result = run(WRAPPER, "--host", "kvm", "--provider", provider, tools.guest(GUEST),
                 check=False)
    assert "the sandbox does not allow system call 16 (ioctl), in act" in result.stderr
    assert result.returncode == 159


@needs_kvm
def test_a_page_that_the_guests_file_has_lost_is_a_bus_error(tools, tmp_path):
    """As in the process host, whose guest gets SIGBUS there."""
    provider = tools.provider(f"""
        #include <jumpslot/provider.h>
        #include <unistd.h>
        {DECLARES}
        EF(act)
        JUMPSLOT_SYSCALLS(act, JUMPSLOT_ALLOW("truncate"))
        int act(int value) {{ return value + truncate("{tmp_path}/lost.elf", 4096); }}
        """)
    built = tools.guest(GUEST)
    for host in "process", "kvm":
        shutil.copy(built, tmp_path / "lost.elf")
        result = run(WRAPPER, "--sandbox=off", "--host", host, "--provider", provider,
                     tmp_path / "lost.elf", check=False)
        assert ": stopped by signal 7 (Bus error)" in result.stderr, host
        assert result.returncode == 135, host
