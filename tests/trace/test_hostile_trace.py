"""A guest that writes to its trace loses it. host-wrapper says so, and is not harmed."""

import pytest
from conftest import ROOT, each_arch as arch
from trace_guest import GUESTS

GUEST = """
    #include <jumpslot/entry.h>
    #include "trace.h"
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            for (int i = 0; i < 200; i++)
                    trace_other(trace_gated(i, "x"));
            return 7;
    }
    """
# Fills the file that it shares with the supervisor, as a guest could, but for `tail`.
PROVIDER = """
    #include <jumpslot/provider.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <jumpslot/abi/vcpu.h>
    #include "common/trace.h"
    #include "trace.h"
    EF(trace_gated) EF(trace_other)
    static void damage(struct trace_shared *shared, size_t size, int seed)
    {
            uint32_t tail = shared->tail;
            srand((unsigned)seed);
            for (size_t i = 0; i < size / 4; i++)
                    ((uint32_t *)shared)[i] = FILL;
            shared->tail = tail;
            shared->head = HEAD;
    }
    int trace_gated(int number, const char *text)
    {
            char line[256];
            FILE *maps = number == 100 ? fopen("/proc/self/maps", "r") : NULL;
            unsigned long start, end;
            (void)text;
            while (maps && fgets(line, sizeof(line), maps))
                    if (strstr(line, "memfd:the trace") &&
                        sscanf(line, "%lx-%lx", &start, &end) == 2)
                            damage((void *)start, end - start, number);
            if (maps)
                    fclose(maps);
            return number;
    }
    int trace_other(int number) { return number; }
    """


@pytest.mark.parametrize("fill,head", [
    ("0", "0"), ("0", "tail + 4"), ("~0u", "~0u"), ("(uint32_t)rand()", "tail + 1000"),
    ("(uint32_t)i << 16", "tail + 96"), ("0x00060001", "tail + 600"),
    ("0x00600001", "tail + 0x3ffff")])
def test_a_trace_that_is_damaged_does_not_harm_the_supervisor(tools, fill, head):
    provider = tools.provider(PROVIDER.replace("FILL", fill).replace("HEAD", head),
                              "-I", GUESTS, "-I", ROOT / "host-wrapper")
    guest = tools.guest(GUEST, "-I", GUESTS)
    path = tools.directory / "trace.json"
    for options in ["--trace"], ["--trace-file", path], ["--stats", "--unused"]:
        result = tools.wrapper("--sandbox=off", "--timeout", "60", *options,
                               "--provider", provider, guest)
        assert result.returncode == 7, (options, result.stderr[-300:])


def test_a_guest_that_forges_what_was_read_blocks_itself_alone(tools):
    """Its thunk waits for room that never comes. The time-out ends it."""
    code = PROVIDER.replace("FILL", "((uint32_t *)shared)[i]").replace(
        "HEAD", "shared->head").replace("shared->tail = tail;", """
            while (*(volatile uint32_t *)&shared->tail != shared->head)
                    ; /* until the supervisor has read all */
            shared->tail = tail = shared->head + 100000;""")
    provider = tools.provider(code, "-I", GUESTS, "-I", ROOT / "host-wrapper")
    guest = tools.guest(GUEST, "-I", GUESTS)
    result = tools.wrapper("--sandbox=off", "--timeout", "2", "--trace", "--provider",
                           provider, guest)
    assert result.returncode == 137
    assert ": its time is up (--timeout)" in result.stderr
