"""One tiny guest for each promise of SECURITY.md about memory: how it ends.

tests/launcher/test_loading.py has the guests that write where they may not.
"""

import re

import maps_provider
import pytest
from conftest import each_arch as arch

GUEST = """
    #include <jumpslot/arguments.h>
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/virt_cpu.h>
    %s
    /* `ret`, where it should not be executed. */
    #define RET ((char)0xc3)
    static inline void jump(const void *to) { ((void (*)(void))(uintptr_t)to)(); }
    static inline int number(void)
    {
            char digits[8];
            int value = 0;
            jumpslot_argument(1, digits, sizeof(digits));
            for (char *at = digits; *at; at++)
                    value = value * 10 + *at - '0';
            return value;
    }
    JUMPSLOT_ENTRY(info)
    {
            (void)info, (void)number;
            %s
            return 0;
    }
    """


def guest_of(tools, body, before=""):
    return tools.guest(GUEST % (before, body), "-Wno-unused-function",
                       "-Wno-misleading-indentation")


EXECUTED = {
    "stack": "volatile char code[64] = { RET }; jump((const void *)code);",
    "data": "static char code[64] = { RET }; jump(code);",
    "work area": "char *code = (char *)(uintptr_t)info->work_area_base;"
                 "*code = RET; jump(code);",
    "constants": "static const char code[64] = { RET }; jump(code);",
    "start information": "jump(info);",
}


@pytest.mark.parametrize("what", EXECUTED)
def test_only_code_is_executed(tools, arch, what):
    guest = guest_of(tools, EXECUTED[what])
    result = tools.wrapper(guest)
    assert re.match(rf"host-wrapper: {guest}: stopped by signal 11 "
                    r"\(Segmentation fault\): jumped to 0x[0-9a-f]+, which is not "
                    "executable", result.stderr)
    assert result.returncode == 139


STUB_BYTES = 40  # more than a stub has


def test_a_jump_into_the_middle_of_a_stub_is_a_call_or_a_fault(tools, arch):
    guest = guest_of(tools, "jump((const char *)(uintptr_t)_BSP_Virtual_Clock_read + "
                            "number());")
    verdicts = set()
    for offset in range(STUB_BYTES):
        result = tools.wrapper(guest, offset)
        verdicts.add(result.returncode)
        if result.returncode == 0:
            assert result.stderr == ""
        else:
            assert 128 < result.returncode < 160
            assert result.stderr.startswith(f"host-wrapper: {guest}: ")
            assert re.search(r": stopped by signal \d+ |: called the resolver with 0x|"
                             r": called unresolved function ", result.stderr), offset
    assert {0, 132} <= verdicts, "a call, and a forged entry"


FORGED = {
    "x86_64": """__asm__ volatile("mov %0, %%r11; call *__external_resolver(%%rip)"
                     : : "r"(entry) : "r11", "memory");""",
    "i386": """__asm__ volatile("push %0; call *__external_resolver"
                     : : "r"(entry) : "memory");""",
}


@pytest.mark.parametrize("entry", ["0", "1", "-1", "(long)info", "(long)info->resolver",
                                   "(long)&entry", "1l << (sizeof(long) * 8 - 1)"])
def test_a_forged_entry_is_diagnosed(tools, arch, entry):
    guest = guest_of(tools, f"long entry = {entry}; _BSP_Virtual_Clock_read(); "
                            f"{FORGED[arch]}")
    result = tools.wrapper(guest)
    assert re.search(r": called the resolver with 0x[0-9a-f]+, which is not an entry of "
                     "its import table, from 0x", result.stderr)
    assert result.returncode == 132


# Gives the guest the writable memory of its process. Left out are its own, and that of
# thread-local variables: the kernel ends a process whose "rseq" area there is damaged.
MEMORY = maps_provider.SOURCE + """
    #include <errno.h>
    #include <stdio.h>
    #include <string.h>
    EXTERNAL_FUNC(int, find_memory, unsigned long *, int)
    EF(find_memory)
    int find_memory(unsigned long *to, int most)
    {
            char permissions[8];
            int count = 0;
            for (const char *line = read_maps(); line && count + 2 <= most;
                 line = strchr(line + 1, '\\n')) {
                    unsigned long start, end;
                    if (sscanf(line, "%lx-%lx %7s", &start, &end, permissions) == 3 &&
                        permissions[1] == 'w' &&
                        ((unsigned long)&errno < start ||
                         (unsigned long)&errno >= end) &&
                        jumpslot_guest_range((void *)start, 1, JUMPSLOT_WRITE)) {
                            to[count++] = start;
                            to[count++] = end;
                    }
            }
            return count;
    }
    """
OVERWRITE = """
    static unsigned long memory[256];
    unsigned long state = 88172645ul + (unsigned long)number();
    int count = find_memory(memory, 256);

    for (int round = 0; round < 100000; round++) {
            int i = (int)(state % (unsigned long)count / 2 * 2);
            unsigned long size = memory[i + 1] - memory[i];
            state ^= state << 13;
            state ^= (state & 0xffffffff) >> 17;
            state ^= state << 5;
            *(volatile char *)(memory[i] + (state >> 3) % size) = (char)state;
    }
    for (int i = 0; number_of_pages && i < count; i += 2)
            if (memory[i + 1] - memory[i] <= 16384)
                    for (unsigned long at = memory[i]; at < memory[i + 1]; at++)
                            *(volatile char *)at = (char)(number_of_pages == 1 ? 0 : 1);
    for (;;)
            __asm__ volatile("");
    """


@pytest.mark.parametrize("seed", range(6))
def test_overwriting_the_runner_does_not_forge_the_status_of_a_timeout(tools, arch, seed):
    """The supervisor's own knowledge decides, whatever the shared page says."""
    guest = guest_of(tools, f"const int number_of_pages = {seed % 3};" + OVERWRITE,
                     "EXTERNAL_FUNC(int, find_memory, unsigned long *, int)")
    provider = tools.provider(MEMORY, needs=maps_provider.NEEDS)
    result = tools.wrapper("--provider", provider, "--timeout", "0.3", guest, seed)
    assert (result.stdout, result.returncode) == ("", 137), result.stderr
    assert "its time is up (--timeout)\n" in result.stderr
