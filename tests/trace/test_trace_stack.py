"""A traced call takes no more of the caller's stack than its check allows for."""

import re

import pytest
from conftest import ROOT, each_arch as arch

CALLS = """
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC(int, texts, const char *, const char *, const char *, const char *,
                  const char *, const char *, double)
    EXTERNAL_FUNC_VARIADIC(int, words, const char *)
    """
PROVIDER = """
    #include <jumpslot/provider.h>
    #include "calls.h"
    EF(texts)
    JUMPSLOT_DIRECT(texts)
    EF(words)
    JUMPSLOT_DIRECT(words)
    JUMPSLOT_SYSCALLS_ALWAYS(JUMPSLOT_NO_SYSCALLS)
    int texts(const char *a, const char *b, const char *c, const char *d, const char *e,
              const char *f, double g)
    {
            return a && b && c && d && e && f && g > 0;
    }
    int words(const char *text, ...)
    {
            return text != 0;
    }
    """
# The painted bytes begin below the frame that paints.
GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include <stdint.h>
    #include "calls.h"

    #define TEXT "as long as the longest text that a record holds: 48."
    enum { FRAME = 256, PAINTED = 8192, PAINT = 0xa5 };

    /* Their frames reach below the frame that paints. */
    static __attribute__((noinline)) int call_texts(void)
    {
            volatile char frame[2 * FRAME];

            frame[0] = 0;
            return texts(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, 1.5) + frame[0];
    }

    static __attribute__((noinline)) int call_words(void)
    {
            volatile char frame[2 * FRAME];

            frame[0] = 0;
            return words(TEXT, 1, 2, 3) + frame[0];
    }

    static __attribute__((noinline)) unsigned depth(int (*call)(void))
    {
            volatile unsigned char *top = __builtin_frame_address(0);
            unsigned at;

            for (at = FRAME; at < PAINTED; at++)
                    top[-(intptr_t)at] = PAINT;
            call();
            for (at = PAINTED - 1; at > FRAME && top[-(intptr_t)at] == PAINT; at--)
                    ;
            return at;
    }

    static void print(int (*call)(void))
    {
            char text[] = "0000\\n";
            unsigned number;

            call(); /* binds the slot */
            number = depth(call);
            for (int i = 3; i >= 0; i--, number /= 10)
                    text[i] = (char)('0' + number % 10);
            _BSP_Virtual_Console_write(text, 5);
    }

    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            print(call_texts);
            print(call_words);
            return 0;
    }
    """
# Of texts(), on i386: they are copied, and the check adds them.
ARGUMENTS = 6 * 4 + 8


def allowance():
    header = (ROOT / "host-wrapper/process/trace/trace_ways.h").read_text()
    return int(re.search(r"TRACE_STACK_BYTES \(\(size_t\)(\d+)\)", header)[1])


@pytest.mark.not_sanitized("their code takes more stack")
@pytest.mark.parametrize("options", [
    ("--trace", "--stats"), ("--on", "*s=delay:1us"), ("--on", "*s=fail:0", "--trace"),
    ("--on", "*s=log")], ids=["trace", "delay", "fail", "log"])
def test_a_traced_call_takes_no_more_stack_than_its_check_allows_for(
        tools, arch, options):
    (tools.directory / "calls.h").write_text(CALLS)
    folder = "-I", tools.directory
    guest = tools.guest(GUEST, *folder, arch=arch)
    provider = tools.provider(PROVIDER, *folder, arch=arch)

    def depths(*watched):
        result = tools.wrapper(*watched, "--provider", provider, guest)
        assert result.returncode == 0, result.stderr
        return list(map(int, result.stdout.split()))

    taken = [traced - plain for traced, plain in zip(depths(*options), depths())]
    # An allowance far above would refuse calls on stacks that are large enough.
    assert all(0 < each - ARGUMENTS <= allowance() for each in taken), taken
    assert allowance() < 2 * max(taken), taken
