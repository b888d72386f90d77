"""Guests that attack their supervisor by system calls of their own.

The calls are made by a provider, which is code in the guest's process: what is impossible
for it is impossible for the guest. The sandbox is off, because these tests show the layer
below it.
"""

import subprocess
import tempfile

from conftest import BUILD, Process

GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    EXTERNAL_FUNC(int, attack)
    JUMPSLOT_ENTRY(info) { (void)info; return attack(); }
    """
# Restarts after the attack.
RESTARTS = GUEST.replace("return attack();", "attack(); _BSP_Virtual_reset(1); return 1;")
ATTACK = """
    #define _GNU_SOURCE
    #include <jumpslot/provider.h>
    #include <ctype.h>
    #include <dirent.h>
    #include <errno.h>
    #include <fcntl.h>
    #include <signal.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/prctl.h>
    #include <sys/ptrace.h>
    #include <sys/resource.h>
    #include <sys/syscall.h>
    #include <sys/uio.h>
    #include <sys/wait.h>
    #include <unistd.h>
    EXTERNAL_FUNC(int, attack)
    EF(attack)
    /* The supervisor's number outside, as /proc shows it; 0: it is not there. */
    __attribute__((unused)) static int supervisor(void)
    {
            int parent = 0;
            char line[200];
            FILE *status = fopen("/proc/self/status", "r");
            while (status && fgets(line, sizeof(line), status))
                    sscanf(line, "PPid: %%d", &parent);
            if (status) fclose(status);
            return parent;
    }
    int attack(void) { %s }
    """


def attack_options(tools, body, guest=GUEST):
    """The options for a guest whose host function does `body`."""
    provider = tools.provider(ATTACK % body, name="attack")
    return ["--sandbox=off", "--provider", provider, tools.guest(guest)]


def attack(tools, body, *options, **more):
    """Runs such a guest; returns the result of host-wrapper."""
    return tools.wrapper(*options, *attack_options(tools, body), **more)


def start_attack(tools, body, *options, guest=GUEST):
    """The same, but do not wait; standard error goes to a file."""
    errors = tempfile.TemporaryFile("w+")
    process = Process(
        [BUILD / "bin/host-wrapper", *options, *attack_options(tools, body, guest)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True)
    return process, errors
