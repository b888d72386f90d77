"""The limit on file size (ulimit -f) holds for files, not for the memory of the host."""

import re
import resource

import pytest
from conftest import each_arch as arch

GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    EXTERNAL_FUNC(uint64_t, limit)
    JUMPSLOT_ENTRY(info)
    {
            unsigned char *area = (unsigned char *)(uintptr_t)info->work_area_base;

            if (limit() != 4096) return 1;
            area[info->work_area_size - 1] = 1;
            if (!area[0]++) _BSP_Virtual_reset(1);
            return area[0];
    }
    """
PROVIDER = """
    #include <jumpslot/provider.h>
    #include <sys/resource.h>
    EXTERNAL_FUNC(uint64_t, limit)
    EF(limit)
    uint64_t limit(void)
    {
            struct rlimit limit;
            return getrlimit(RLIMIT_FSIZE, &limit) ? 0 : limit.rlim_cur;
    }
    """


def limited(tools, soft, hard=resource.RLIM_INFINITY):
    guest, provider = tools.guest(GUEST), tools.provider(PROVIDER)
    return guest, tools.wrapper(
        "--work-area", "1M", "--provider", provider, guest,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard)))


def test_memory_files_may_be_larger_than_the_soft_limit_which_the_guest_has_back(tools):
    guest, result = limited(tools, 4096)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 2)


@pytest.mark.parametrize("limit", [0, 4096, (1 << 20) - 1])
def test_a_hard_limit_below_the_size_is_said_and_no_signal(tools, limit):
    guest, result = limited(tools, limit, limit)
    assert result.stdout == ""
    assert re.fullmatch(rf"host-wrapper: {guest}: no memory file of \d+ bytes for the "
                        r"(plan|outcome|work area): the hard limit on file size is "
                        rf"{limit} bytes \(ulimit -H -f\)\n", result.stderr)
    assert result.returncode == 125
