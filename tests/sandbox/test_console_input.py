"""Standard input is opened again for guests that can read the console, and for no
others."""

import pytest
from conftest import each_arch as arch  # noqa: F401
from conftest import WRAPPER, run

GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/vcpu_state.h>
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            %s;
            return 0;
    }
    """


@pytest.mark.parametrize("call, times", [
    ('_BSP_Virtual_Console_write("x", 1)', 0),
    ("_BSP_Virtual_Console_read()", 1),
    ("_BSP_Virtual_Console_init()", 1),
])
def test_standard_input_is_opened_again_if_the_guest_reads_it(tools, arch, tmp_path,
                                                              call, times):
    guest = tools.guest(GUEST % call)
    log = tmp_path / "log"
    run("strace", "-f", "-o", log, "-e", "trace=openat", *WRAPPER, guest,
        stdin=open("/dev/null"))
    assert log.read_text().count('"/proc/self/fd/0"') == times
