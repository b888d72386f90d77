"""The built-in services do what their headers say, and check what they are given."""

import fcntl
import os
import subprocess

import pytest
from conftest import WRAPPER, each_arch as arch

SERVICES = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/arguments.h>
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            %s
    }
    """


def run_body(tools, body, *arguments, **options):
    return tools.wrapper(tools.guest(SERVICES % body), *arguments, **options)


def test_console_writes_bytes_as_they_are(tools):
    result = run_body(tools, """
        static const char bytes[] = "a\\0b\\n";
        return _BSP_Virtual_Console_write(bytes, sizeof(bytes) - 1);
        """)
    assert (result.stdout, result.returncode) == ("a\0b\n", 4)


def test_errors_of_the_guest_go_to_standard_error(tools):
    result = run_body(tools, 'return _BSP_Virtual_Console_error("a\\0b\\n", 4);')
    assert (result.stdout, result.stderr, result.returncode) == ("", "a\0b\n", 4)
    result = run_body(tools, "return -_BSP_Virtual_Console_error((const char *)16, 1);")
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 14)


def test_console_refuses_what_is_not_the_guests_to_read(tools):
    result = run_body(tools, """
        char mine[4] = "abc";
        if (_BSP_Virtual_Console_write((const char *)16, 1) != -14)
                return 1;
        if (_BSP_Virtual_Console_write(mine, (size_t)1 << 30) != -14)
                return 2;
        if (_BSP_Virtual_Console_write((const char *)(uintptr_t)info->resolver, 1) != -14)
                return 3;
        if (_BSP_Virtual_Console_write((const char *)-8, 16) != -14)
                return 4;
        return _BSP_Virtual_Console_write((const char *)16, 0);
        """)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


def test_console_waits_for_a_slow_reader(tools):
    """A pipe takes 64 KiB at once; a megabyte arrives whole."""
    result = run_body(tools, """
        static char block[1 << 20];
        for (size_t i = 0; i < sizeof(block); i++)
                block[i] = (char)('a' + i % 26);
        return _BSP_Virtual_Console_write(block, sizeof(block)) != sizeof(block);
        """)
    assert result.returncode == 0
    assert result.stdout == "".join(chr(97 + i % 26) for i in range(1 << 20))


def test_console_passes_on_its_error(tools):
    with open("/dev/full", "w") as full:
        guest = tools.guest(SERVICES % 'return -_BSP_Virtual_Console_write("x", 1);')
        result = subprocess.run([*WRAPPER, guest], stdout=full)
    assert result.returncode == 28  # ENOSPC


def test_the_clock_is_monotonic_and_starts_with_the_guest(tools):
    result = run_body(tools, """
        uint64_t last = _BSP_Virtual_Clock_read();
        if (last > 60000000000u)
                return 1;
        for (int i = 0; i < 10000; i++) {
                uint64_t now = _BSP_Virtual_Clock_read();
                if (now < last)
                        return 2;
                last = now;
        }
        return last == 0;
        """)
    assert result.returncode == 0


def test_arguments_are_those_of_the_command_line(tools):
    guest = tools.guest(SERVICES % """
        char text[4096];
        int length;
        for (int i = 1; i < jumpslot_argument_count(); i++) {
                length = jumpslot_argument(i, text, sizeof(text));
                text[length] = '|';
                _BSP_Virtual_Console_write(text, (size_t)length + 1);
        }
        return jumpslot_argument(0, text, sizeof(text)) > 0 && text[0] == '/' ? 0 : 1;
        """)
    result = tools.wrapper(guest, "one", "", "two words", "--help", "--", "ü")
    assert (result.stdout, result.returncode) == ("one||two words|--help|--|ü|", 0)


def test_arguments_are_checked(tools):
    result = run_body(tools, """
        static char text[4];
        if (jumpslot_argument_count() != 3)
                return 1;
        if (jumpslot_argument(3, text, 4) != -22 || jumpslot_argument(-1, text, 4) != -22)
                return 2;
        if (jumpslot_argument(1, text, 4) != -34 || text[0])
                return 3;
        if (jumpslot_argument(1, 0, 0) != 4)
                return 4;
        if (jumpslot_argument(2, text, 4) != 3 || text[3] || text[2] != 'c')
                return 5;
        if (jumpslot_argument(2, (char *)16, 4) != -14)
                return 6;
        return 0;
        """, "long", "abc")
    assert result.returncode == 0


def test_the_work_area_is_checked(tools):
    result = run_body(tools, """
        void *start;
        size_t size;
        if (_BSP_Virtual_getworkspacearea((void **)16, &size) != -14)
                return 1;
        if (_BSP_Virtual_getworkspacearea(&start, (size_t *)(uintptr_t)info) != -14)
                return 2;
        return 0;
        """)
    assert result.returncode == 0


def test_console_waits_where_standard_output_does_not_block(tools):
    guest = tools.guest(SERVICES % """
        static char block[1 << 20];
        return _BSP_Virtual_Console_write(block, sizeof(block)) != sizeof(block);
        """)
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETFL, os.O_NONBLOCK)
    process = subprocess.Popen([*WRAPPER, guest], stdout=writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        assert len(pipe.read()) == 1 << 20
    assert process.wait() == 0


def test_a_closed_console_is_no_file_of_a_providers(tools):
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        #include <fcntl.h>
        EXTERNAL_FUNC(int, open_data)
        EF(open_data)
        int open_data(void) { return open("/dev/zero", O_RDWR) > 2; }
        """)
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_bsp.h>
        EXTERNAL_FUNC(int, open_data)
        JUMPSLOT_ENTRY(info)
        {
                (void)info;
                if (!open_data())
                        return 1;
                return -_BSP_Virtual_Console_write("x", 1);
        }
        """)
    result = tools.wrapper("--sandbox=off", "--provider", provider, guest,
                           preexec_fn=lambda: (os.close(0), os.close(1)))
    assert result.returncode == 9  # EBADF


@pytest.mark.not_sanitized("their own code is not aligned")
def test_the_work_area_is_stored_through_pointers_that_are_not_aligned(tools):
    """Even where the guest has the processor check alignment (EFLAGS.AC)."""
    result = tools.wrapper(tools.guest("""
        #define FLIP_AC(push, pop) \\
                __asm__ volatile(push "; xorl $0x40000, (%%" SP "); " pop \\
                                 : : : "memory", "cc")
        #ifdef __x86_64__
        #define SP "rsp"
        #define FLIP FLIP_AC("pushfq", "popfq")
        #else
        #define SP "esp"
        #define FLIP FLIP_AC("pushfl", "popfl")
        #endif
        """ + SERVICES % """
            static _Alignas(16) char place[64];
            void *start;
            size_t size;
            int result;
            FLIP;
            result = _BSP_Virtual_getworkspacearea((void **)(void *)(place + 1),
                                                   (size_t *)(void *)(place + 33));
            FLIP;
            __builtin_memcpy(&start, place + 1, sizeof(start));
            __builtin_memcpy(&size, place + 33, sizeof(size));
            if (result || (uintptr_t)start != info->work_area_base ||
                size != info->work_area_size)
                    return 1;
            return place[0] || place[1 + sizeof(start)] || place[32] ||
                   place[33 + sizeof(size)];
            """, "-mno-red-zone"))
    assert (result.stderr, result.returncode) == ("", 0)
