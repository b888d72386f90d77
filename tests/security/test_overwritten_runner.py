"""A guest that has overwritten its runner's memory gets nothing that the kernel denies.

Each seed writes at random places of all memory that the process may write, and then makes
a system call of its own, unless the guest has died of the writes. A run without writes
always makes it. Another provider tells where that memory is.
"""

import json
import subprocess

import maps_provider
import pytest
from conftest import each_arch as arch
from test_hostile_guests import MEMORY

# Numbers on x86-64 and i386, and arguments. MADE is a file that is not there.
ATTEMPTS = {
    "open": (257, 295, '-100, (long)MADE, 0102, 0644'),
    "mkdir": (83, 39, "(long)MADE, 0755, 0, 0"),
    "fork": (57, 2, "0, 0, 0, 0"),
    "exec": (59, 11, '(long)"/bin/sh", (long)words, 0, 0'),
    "kill": (62, 37, "victim, 9, 0, 0"),
    "kill all": (62, 37, "-1, 9, 0, 0"),
    "ptrace": (101, 26, "16, victim, 0, 0"),
    "socket": (41, 359, "1, 1, 0, 0"),
    "truncate": (76, 92, "(long)KEPT, 0, 0, 0"),
    "mprotect": (10, 125, "(long)words & -4096l, 4096, 7, 0"),
    "sigaction": (13, 174, "31, 0, 0, 8"),
    "seccomp": (317, 354, "1, 0, 0, 0"),
}
GUEST = """
    #include <jumpslot/arguments.h>
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    EXTERNAL_FUNC(int, find_memory, unsigned long *, int)
    #define MARK "tries\\n"
    #define MADE "%(made)s"
    #define KEPT "%(kept)s"
    static const char *const words[] = { "sh", "-c", "echo x >" KEPT, 0 };
    static unsigned long memory[256], state;
    #ifdef __x86_64__
    static long call(long number, long a, long b, long c, long d)
    {
            register long fourth __asm__("r10") = d;
            __asm__ volatile("syscall" : "+a"(number)
                             : "D"(a), "S"(b), "d"(c), "r"(fourth)
                             : "rcx", "r11", "memory");
            return number;
    }
    #else
    static long call(long number, long a, long b, long c, long d)
    {
            __asm__ volatile("push %%%%ebx\\n mov %%%%edi, %%%%ebx\\n int $0x80\\n"
                             "pop %%%%ebx" : "+a"(number)
                             : "D"(a), "c"(b), "d"(c), "S"(d) : "memory");
            return number;
    }
    #endif
    static unsigned long below(unsigned long limit)
    {
            state ^= state << 13;
            state ^= (state & 0xffffffff) >> 17;
            state ^= state << 5;
            return (state >> 3) %% limit;
    }
    static long number(int index)
    {
            char digits[16];
            long value = 0;
            jumpslot_argument(index, digits, sizeof(digits));
            for (char *at = digits; *at; at++)
                    value = value * 10 + *at - '0';
            return value;
    }
    static void attempt(long which, long victim)
    {
            (void)victim;
            switch (which) {
            %(attempts)s
            }
    }
    JUMPSLOT_ENTRY(info)
    {
            const long seed = number(1), which = number(2), victim = number(3);
            const long rounds = number(4);
            const int count = find_memory(memory, 256) / 2;

            (void)info;
            state = 88172645ul + (unsigned long)seed;
            for (long round = 0; count && round < rounds; round++) {
                    const unsigned long *area = memory + 2 * below((unsigned long)count);
                    unsigned long size = area[1] - area[0];
                    *(volatile char *)(area[0] + below(size)) = (char)state;
            }
            /* The import is for the rule alone: the runner may be damaged. */
            __asm__ volatile("" : : "r"(_BSP_Virtual_Console_write));
            call(sizeof(long) == 8 ? 1 : 4, 1, (long)MARK, sizeof(MARK) - 1, 0);
            attempt(which, victim);
            return 3;
    }
    """
SEEDS, ROUNDS = 5, 20000


@pytest.fixture
def overwrite(tools, arch):
    """Runs the guest with a seed and an attempt; returns what it did and its report."""
    made, kept = tools.directory / "made", tools.directory / "kept"
    kept.write_text("kept")
    attempts = "\n".join(
        f"case {index}: call({numbers[arch == 'i386']}, {numbers[2]}); break;"
        for index, numbers in enumerate(ATTEMPTS.values()))
    guest = tools.guest(GUEST % {"made": made, "kept": kept, "attempts": attempts})
    provider = tools.provider(MEMORY, needs=maps_provider.NEEDS)
    victim = subprocess.Popen(["sleep", "1000000"])

    def run(seed, attempt, rounds):
        result = tools.wrapper("--report=json", "--timeout", 60, "--provider", provider,
                               guest, seed, list(ATTEMPTS).index(attempt), victim.pid,
                               rounds)
        assert victim.poll() is None
        assert not made.exists() and kept.read_text() == "kept"
        return result
    yield run
    victim.kill()
    victim.wait()


@pytest.mark.not_sanitized("they allow no filter")
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_an_overwritten_runner_gets_nothing_that_is_denied(overwrite, arch, attempt):
    for seed, rounds in (0, 0), *((seed, ROUNDS) for seed in range(SEEDS)):
        result = overwrite(seed, attempt, rounds)
        report = json.loads(result.stderr.splitlines()[-1])
        assert result.returncode >= 128, (seed, result.stderr)
        assert report["status"] == result.returncode
        assert (report["end"], report["signal"]) == ("signal", result.returncode - 128)
        assert report["refusal"] is None
        assert rounds or result.stdout == "tries\n"
