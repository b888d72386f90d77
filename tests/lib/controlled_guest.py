"""A guest that calls traced functions until it is told to end, with a control socket."""

import os
import signal
import subprocess

import pytest
from conftest import ROOT, WRAPPER
from control_client import ctl
from terminal_session import children_of, is_runner, state_of, wait_until
from trace_guest import GUESTS

# Calls functions in a tight loop. Vector 20 ends it; the status tells wrong results.
LOOP = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/virt_cpu.h>
    #include "trace.h"
    static volatile int seen[64];
    static void handler(int vector, void *frame)
    {
            (void)frame;
            _CPU_Virtual_Irq_ack(vector);
            seen[vector] = 1;
    }
    JUMPSLOT_ENTRY(info)
    {
            int wrong = 0;
            (void)info;
            _CPU_Virtual_Set_handler(handler);
            _CPU_Virtual_Irq_request(5);
            _CPU_Virtual_Irq_request(20);
            _BSP_Virtual_Console_write("ready\\n", 6);
            _CPU_Virtual_Interrupts_open();
            for (int i = 0; !seen[20]; i++)
                    wrong += trace_other(i) != i || trace_direct(i, 1) != -i - 1;
            return wrong ? 1 : 10 + seen[5];
    }
    """


class Running:
    """A guest under control, and commands to it."""

    def __init__(self, tools, *options, name=None,
                 provider=GUESTS / "trace_provider.c", errors=subprocess.PIPE,
                 source=LOOP, wrapper=WRAPPER, is_late=False):
        """With `is_late`, its time may be up before it is ready."""
        guest = tools.guest(source, "-I", GUESTS)
        provider = tools.provider(provider, "-I", GUESTS, "-I", ROOT / "host-wrapper")
        if name:
            provider = provider.rename(provider.with_name(name))
        self.path = tools.directory / "control"
        self.command = [*wrapper, "--control", self.path, *options,
                        "--provider", provider, guest]
        self.begin(errors, is_late)

    def begin(self, errors=subprocess.PIPE, is_late=False):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE,
                                        stderr=errors, text=True)
        self.is_ready = self.process.stdout.readline() == "ready\n"
        assert self.is_ready or is_late

    def ctl(self, *words, check=True):
        return ctl(self.path, *words, check=check)

    def end(self):
        _, errors = self.process.communicate()
        return errors, self.process.returncode


def runner_of(supervisor):
    below = [supervisor]
    for process in below:
        below += children_of(process)
    [runner] = filter(is_runner, below)
    return runner


def stop_runner(supervisor):
    """Stops the guest's process, so that it takes no requests."""
    runner = runner_of(supervisor)
    os.kill(runner, signal.SIGSTOP)
    wait_until(lambda: state_of(runner) == "T")
    return runner


@pytest.fixture
def start(tools):
    started = []

    def start_one(*options, **keys):
        started.append(Running(tools, *options, **keys))
        return started[-1]
    yield start_one
    for each in started:
        each.process.kill()
        each.process.communicate()
