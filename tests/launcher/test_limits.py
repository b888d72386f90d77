"""Limits of the process, and host-wrapper's own memory files under them."""

import re
import resource
import shutil
import subprocess

import pytest
from conftest import BUILD, each_arch as arch

FSIZE = resource.RLIMIT_FSIZE
# Ends with 0 if its soft limit is the number, with 1 otherwise.
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


# Resets itself once, so the work area, a memory file of 1 MB, is made and kept.
RESET_GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    EXTERNAL_FUNC(int, limit_is, long)
    JUMPSLOT_ENTRY(info)
    {
            unsigned char *area = (unsigned char *)(uintptr_t)info->work_area_base;

            if (limit_is(4096)) return 1;
            area[info->work_area_size - 1] = 1;
            if (!area[0]++) _BSP_Virtual_reset(1);
            return area[0];
    }
    """


def limited(tools, soft, hard, guest):
    provider = tools.provider(PROVIDER, needs=["prlimit64"])
    return tools.wrapper("--work-area", "1M", "--provider", provider, guest,
                         preexec_fn=lambda: resource.setrlimit(FSIZE, (soft, hard)))


@pytest.mark.parametrize("soft", [0, 100, 65535 * 512])
def test_a_soft_limit_on_file_size_holds_for_the_guest_alone(tools, arch, soft):
    result = limited(tools, soft, resource.RLIM_INFINITY, tools.guest(GUEST % soft))
    assert (result.stderr, result.returncode) == ("", 0)


def test_a_soft_limit_below_the_work_area_holds_after_a_reset(tools, arch):
    result = limited(tools, 4096, resource.RLIM_INFINITY, tools.guest(RESET_GUEST))
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 2)


@pytest.mark.parametrize("soft,hard,file", [
    (0, 0, "plan"),
    (0, 100, "plan"),
    (4096, 4096, "(plan|outcome|work area)"),
    ((1 << 20) - 1, (1 << 20) - 1, "(plan|outcome|work area)"),
])
def test_a_hard_limit_below_a_memory_file_is_reported(tools, arch, soft, hard, file):
    guest = tools.guest(RESET_GUEST)
    result = limited(tools, soft, hard, guest)
    assert re.fullmatch(rf"host-wrapper: {re.escape(str(guest))}: no memory file of \d+ "
                        rf"bytes for the {file}: the hard limit on file size is "
                        rf"{hard} bytes \(ulimit -H -f\)\n", result.stderr)
    assert (result.stdout, result.returncode) == ("", 125)


@pytest.mark.not_sanitized("they need /proc")
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
