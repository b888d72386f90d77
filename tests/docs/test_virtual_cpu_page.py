"""docs/virtual-cpu.md: its ticker, from an empty folder, prints what the page shows."""

import signal
import subprocess

import doc_page
from conftest import (  # noqa: F401
    BUILD, HANGS, ROOT, each_arch as arch, without_account,
)


def test_the_ticker_of_the_page_ticks_a_thousand_times(tmp_path):
    steps = doc_page.steps((ROOT / "docs/virtual-cpu.md").read_text())
    printed = doc_page.run([commands for commands, _ in steps], doc_page.tree(tmp_path))
    assert printed == [shown for _, shown in steps]
    assert len(steps) == 1 and all(shown for _, shown in steps)


SPINNING = """
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
"""
STATE = ("  virtual CPU: level 1, nesting 0, open {20 33}, pending {20 33}, "
         "in service {20}, missed 0, coalesced 3\n")


def test_sigusr2_shows_the_state_of_the_virtual_cpu(tools):
    with subprocess.Popen([BUILD / "bin/host-wrapper", tools.guest(SPINNING)], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.read(1) == "x"
        process.send_signal(signal.SIGUSR2)
        assert process.stderr.readline() == STATE
        process.terminate()
        assert process.wait(timeout=HANGS) == 128 + signal.SIGTERM


def test_the_report_of_a_time_out_shows_the_state_of_the_virtual_cpu(tools):
    result = tools.wrapper("--timeout", "3", tools.guest(SPINNING))
    assert without_account(result.stderr).endswith(
        "its time is up (--timeout)\n" + STATE)
    assert result.returncode == 128 + signal.SIGKILL


def test_the_ticker_guest_ticks_and_holds_interrupts_back(tools, arch):  # noqa: F811
    result = tools.wrapper("--timeout", "60", BUILD / f"guests/ticker-{arch}.elf")
    assert (result.stdout, result.stderr, result.returncode) == (
        "tick\n" * 5 + "held back\ndelivered\n", "", 0)
