"""Guests that fault or restart on purpose, and host functions for them to call."""

import re

from conftest import ROOT

GUEST = """
    #include "fault.h"
    static volatile unsigned calls;
    %s
    JUMPSLOT_ENTRY(info) { (void)info; %s }
    """
HANDLER = """
    static void handler(struct jumpslot_fault *fault) { (void)fault; calls++; %s }
    """
SET = "if (_BSP_Virtual_faulthandler(handler)) return 99; "


def build(tools, body, handler=None, before=""):
    if handler is not None:
        before += HANDLER % handler
        body = SET + body
    return tools.guest(GUEST % (before, body), "-I", ROOT / "tests/faults/guests")


def faulting(tools, *guest, options=(), arguments=(), timeout=("--timeout", "60"),
             **more):
    return tools.wrapper(*timeout, *options, build(tools, *guest, **more), *arguments)


def report(result):
    """The first line of a report; the virtual CPU's state follows it."""
    return result.stderr.splitlines(keepends=True)[0]


def function_at(line):
    """The function that a report names."""
    return re.search(r" at 0x[0-9a-f]+ <(\w+)\+0x", line)[1]


ISR = """
    static volatile unsigned interrupts, nested, deepest;
    static void isr(int vector, void *frame)
    {
            (void)frame;
            interrupts++;
            _CPU_Virtual_Irq_ack(vector);
    }
    """


def provider(tools):
    return tools.provider("""
        #include <jumpslot/provider.h>
        #include <errno.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <unistd.h>
        EXTERNAL_FUNC(int, host, const char *)
        EF(host)
        EXTERNAL_FUNC(int, host_fault)
        EF(host_fault)
        EXTERNAL_FUNC(int, host_calls, void (*)(void))
        EF(host_calls)
        int host(const char *text)
        {
                return printf("%s\\n", text) + (errno = 0) + (malloc(100) ? 0 : 1);
        }
        int host_fault(void) { int *volatile nowhere = (int *)16; return *nowhere; }
        int host_calls(void (*function)(void))
        {
                jumpslot_guest_call(function);
                return 0;
        }
        """)


HOST = """
    EXTERNAL_FUNC(int, host, const char *)
    EXTERNAL_FUNC(int, host_fault)
    EXTERNAL_FUNC(int, host_calls, void (*)(void))
    """
