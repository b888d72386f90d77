"""A guest file that runs in a process runs in a partition, with the same output."""

import re
import subprocess

import pytest
from conftest import BUILD, ROOT, each_arch as arch, only_x86_64, run  # noqa: F401
from partition import SMALL, in_partition

TICKER = 5 * "tick\n" + "held back\ndelivered\n"
SCENARIO = (ROOT / "tests/rtos/scenario.txt").read_text()


@pytest.mark.parametrize("guest,arguments,expected", [
    ("hello", [], "Hello from a guest.\n"),
    ("ticker", [], TICKER),
    ("rtos-scenario", [], SCENARIO),
    ("rtos-scenario", ["tickless"], SCENARIO),
], ids=["hello", "ticker", "scenario", "tickless"])
def test_the_same_file_prints_the_same(arch, guest, arguments, expected):
    result = in_partition(BUILD / f"guests/{guest}-{arch}.elf", *arguments)
    assert (result.stdout, result.stderr, result.returncode) == (expected, "", 0)


def test_time_advances_without_counting_instructions(arch):
    result = in_partition(BUILD / f"guests/ticker-{arch}.elf", counted=False)
    assert (result.stdout, result.stderr, result.returncode) == (TICKER, "", 0)


def test_keys_reach_the_shell_by_the_consoles_interrupt(arch):
    shell = BUILD / f"guests/rtos-shell-{arch}.elf"
    keys = "help\necho some words\nexit 3\n"
    result = in_partition(shell, input=keys)
    alone = run(BUILD / "bin/host-wrapper", *SMALL, shell, input=keys, check=False)
    assert "some words" in result.stdout and result.returncode == 3
    assert (result.stdout, result.returncode) == (alone.stdout, alone.returncode)


def test_a_counted_run_is_the_same_each_time(tools, arch):
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_bsp.h>
        JUMPSLOT_ENTRY(info)
        {
                char text[17] = { 0 };
                uint64_t now = _BSP_Virtual_Clock_read();
                (void)info;
                for (int i = 15; i >= 0; i--, now >>= 4)
                        text[i] = "0123456789abcdef"[now & 15];
                text[16] = '\\n';
                _BSP_Virtual_Console_write(text, 17);
                return 0;
        }
        """)
    outputs = {in_partition(guest).stdout for _ in range(3)}
    assert len(outputs) == 1 and re.fullmatch("[0-9a-f]{16}\n", outputs.pop())


START = """
    #include <jumpslot/arguments.h>
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/virt_cpu.h>
    static inline int is(const char *a, const char *b)
    {
            while (*a && *a == *b)
                    a++, b++;
            return *a == *b;
    }
    """


def test_the_start_information_and_the_services_agree(tools, arch):
    guest = tools.guest(START + """
        JUMPSLOT_ENTRY(info)
        {
                char text[8];
                void *base;
                size_t size;
                const char *work;
                if (info->magic != JUMPSLOT_START_MAGIC || info->size < 72)
                        return 1;
                if (_BSP_Virtual_getworkspacearea(&base, &size))
                        return 2;
                if ((uintptr_t)base != info->work_area_base ||
                    size != info->work_area_size || size != 65536)
                        return 3;
                work = (const char *)base;
                for (size_t i = 0; i < size; i++)
                        if (work[i])
                                return 4;
                if (jumpslot_argument_count() != 3 ||
                    jumpslot_argument(1, text, 8) != 3 || !is(text, "two") ||
                    jumpslot_argument(2, text, 8) != 3 || !is(text, "a b"))
                        return 5;
                if (jumpslot_argument(2, text, 3) != -34 ||
                    jumpslot_argument(3, text, 8) != -22 ||
                    jumpslot_argument(1, (char *)16, 8) != -14)
                        return 6;
                if (_BSP_Virtual_Console_write((const char *)16, 1) != -14 ||
                    _BSP_Virtual_getworkspacearea((void **)16, &size) != -14)
                        return 7;
                return 33;
        }
        """)
    assert in_partition(guest, "two", "a b").returncode == 33


def test_the_streams_of_output_and_errors_stay_apart(tools, arch):
    guest = tools.guest(START + """
        JUMPSLOT_ENTRY(info)
        {
                (void)info;
                _BSP_Virtual_Console_write("out\\n", 4);
                _BSP_Virtual_Console_error("err\\n", 4);
                return 3;
        }
        """)
    result = in_partition(guest)
    assert (result.stdout, result.stderr, result.returncode) == ("out\n", "err\n", 3)


def test_a_long_write_arrives_whole(tools, arch):
    guest = tools.guest(START + """
        static char text[70000];
        JUMPSLOT_ENTRY(info)
        {
                (void)info;
                for (unsigned i = 0; i < sizeof(text); i++)
                        text[i] = (char)('a' + i % 26);
                return _BSP_Virtual_Console_write(text, sizeof(text)) !=
                       (int)sizeof(text);
        }
        """)
    result = in_partition(guest)
    assert (result.stderr, result.returncode) == ("", 0)
    assert result.stdout == ("abcdefghijklmnopqrstuvwxyz" * 2693)[:70000]


def test_a_warm_restart_keeps_the_work_area_and_a_cold_one_does_not(tools, arch):
    guest = tools.guest(START + """
        static int data = 5;
        JUMPSLOT_ENTRY(info)
        {
                volatile unsigned *count = (void *)(uintptr_t)info->work_area_base;
                if (data != 5)
                        return 1;
                data = 6;
                if (jumpslot_argument_count() == 1 && ++*count < 4)
                        _BSP_Virtual_reset(1);
                if (jumpslot_argument_count() == 2 && *count)
                        return 2;
                return (int)*count;
        }
        """)
    assert in_partition(guest).returncode == 4
    cold = tools.guest(START + """
        JUMPSLOT_ENTRY(info)
        {
                volatile unsigned *count = (void *)(uintptr_t)info->work_area_base;
                if (_BSP_Virtual_Clock_read() == 0 || *count)
                        return 9;
                *count = 1;
                _BSP_Virtual_Console_write(".", 1);
                for (;;)
                        _BSP_Virtual_reset(0);
        }
        """, name="cold")
    with subprocess.Popen([BUILD / "bin/host-wrapper", "--host", "monitor", "--clock",
                           "guest", *SMALL, cold], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.read(5) == "....."
        process.terminate()
        assert set(process.stdout.read()) <= {"."}
        assert "stopped by signal 15 (Terminated)" in process.stderr.read()
    assert process.returncode == 143


@only_x86_64
def test_a_static_pie_is_relocated_before_it_boots(tools):
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_bsp.h>
        static const char *const texts[] = { "one\\n", "two\\n" };
        const char *const *volatile table = texts;
        JUMPSLOT_ENTRY(info)
        {
                (void)info;
                return _BSP_Virtual_Console_write(table[1], 4) != 4;
        }
        """, pie=True)
    result = in_partition(guest)
    assert (result.stdout, result.stderr, result.returncode) == ("two\n", "", 0)
