"""Limits of the process, and host-wrapper's own memory files under them."""

import resource
import shutil
import subprocess

import pytest
from conftest import BUILD, each_arch as arch

FSIZE = resource.RLIMIT_FSIZE
# Prints the soft limit that the provider, and so the guest, runs under.
GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC(int, limit_is, long)
    JUMPSLOT_ENTRY(info) { (void)info; return limit_is(%d); }
    """
PROVIDER = """
    #include <jumpslot/provider.h>
    #include <sys/resource.h>
    EXTERNAL_FUNC(int, limit_is, long)
    EF(limit_is)
    int limit_is(long bytes)
    {
            struct rlimit limit;

            return getrlimit(RLIMIT_FSIZE, &limit) || limit.rlim_cur != (rlim_t)bytes;
    }
    """


def limited(tools, soft, hard, *arguments):
    return tools.wrapper(*arguments,
                         preexec_fn=lambda: resource.setrlimit(FSIZE, (soft, hard)))


@pytest.mark.parametrize("soft", [0, 100, 65535 * 512])
def test_a_soft_limit_on_file_size_holds_for_the_guest_alone(tools, arch, soft):
    result = limited(tools, soft, resource.RLIM_INFINITY, "--provider",
                     tools.provider(PROVIDER), tools.guest(GUEST % soft))
    assert (result.stderr, result.returncode) == ("", 0)


def test_a_hard_limit_on_file_size_is_named(tools, arch):
    guest = tools.guest(GUEST % 0)
    result = limited(tools, 0, 100, "--provider", tools.provider(PROVIDER), guest)
    assert result.stderr.startswith(
        f"host-wrapper: {guest}: no memory file of ")
    assert result.stderr.endswith(
        " bytes for the plan: the hard limit on file size is 100 bytes (ulimit -H -f)\n")
    assert result.returncode == 125


def test_without_proc_the_message_asks_for_it(tools):
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        JUMPSLOT_ENTRY(info) { (void)info; return 0; }
        """)
    hide = ["unshare", "--map-root-user", "--mount", "sh", "-c",
            "mount -t tmpfs none /proc && exec \"$@\"", "sh"]
    if not shutil.which("unshare") or subprocess.run(
            [*hide, "true"], capture_output=True).returncode:
        pytest.skip("this machine allows no mount namespace")
    result = subprocess.run([*hide, BUILD / "bin/host-wrapper", guest],
                            capture_output=True, text=True)
    assert result.stderr == (
        f"host-wrapper: {guest}: /proc/self/exe: No such file or directory "
        "(is /proc mounted?)\n")
    assert result.returncode == 125
