"""docs/virtual-cpu.md: its ticker runs as it stands there."""

import re
import signal
import subprocess

from conftest import BUILD, ROOT, each_arch as arch  # noqa: F401

HEAD = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/virt_cpu.h>
"""


def test_the_ticker_of_the_page_ticks_a_thousand_times(tools):
    page = (ROOT / "docs/virtual-cpu.md").read_text()
    source, = re.findall(r"```c\n(.*?)```", page, re.DOTALL)
    guest = tools.guest(HEAD.replace("    ", "") + source)
    result = tools.wrapper("--timeout", "60", guest)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


def test_the_state_is_shown_in_reports_and_on_request(tools):
    """By SIGUSR2, and when the time is up; a guest without interrupts has no such line."""
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_bsp.h>
        #include <jumpslot/virt_cpu.h>

        static void handler(int vector, void *frame)
        {
                (void)vector;
                (void)frame;
        }

        JUMPSLOT_ENTRY(info)
        {
                (void)info;
                _CPU_Virtual_Set_handler(handler);
                _CPU_Virtual_Irq_request(20);
                _CPU_Virtual_Irq_request(33);
                _CPU_Virtual_Interrupts_open();
                for (int i = 0; i < 5; i++)
                        _CPU_Virtual_Irq_raise(20);
                _CPU_Virtual_Interrupts_close();
                _CPU_Virtual_Irq_raise(33);
                _BSP_Virtual_Console_write("x", 1);
                for (;;)
                        __asm__ volatile("");
        }
        """)
    line = ("  virtual CPU: level 1, nesting 0, open {20 33}, pending {20 33}, "
            "in service {20}, missed 0, coalesced 3\n")
    with subprocess.Popen([BUILD / "bin/host-wrapper", "--timeout", "3", guest], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.read(1) == "x"
        process.send_signal(signal.SIGUSR2)
        assert process.stderr.readline() == line
        assert process.wait(timeout=60) == 128 + 9
        assert process.stderr.read().endswith("its time is up (--timeout)\n" + line)


def test_the_ticker_to_copy_from_ticks_and_waits_for_its_level(tools, arch):  # noqa: F811
    result = tools.wrapper("--timeout", "60", BUILD / f"guests/ticker-{arch}.elf")
    assert (result.stdout, result.stderr, result.returncode) == (
        "tick\n" * 5 + "held back\ndelivered\n", "", 0)
