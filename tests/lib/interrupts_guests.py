"""Guests and provider of the tests of interrupts."""

import os

from conftest import HOST, ROOT, Toolbox

GUESTS = ROOT / "tests/interrupts/guests"
# Interrupts per test that counts them. A soak: ROUNDS=1000000 pytest ...
ROUNDS = int(os.environ.get("ROUNDS", "100000"))
TIMEOUT = 60 + ROUNDS // 1000
# Waiting, and a thread, whose start and end are libc's.
HOST_CALLS = ["poll", "clock_nanosleep", "i386:clock_nanosleep_time64", "clone", "clone3",
              "rseq", "set_robust_list", "exit", "tgkill", "getpid"]


# The monitor has no place for functions of the host.
FLAGS = ["-DNO_PROVIDER"] if HOST == "monitor" else []


def interrupts_provider(tools):
    """Options for the provider of interrupts.h."""
    if HOST == "monitor":
        return []
    return ["--provider", tools.provider(GUESTS / "interrupts_provider.c", "-pthread",
                                         name="interrupts", needs=HOST_CALLS)]


class Interrupts:
    """The guests and the provider of one architecture."""

    def __init__(self, directory, arch):
        self.tools, self.arch = Toolbox(directory, arch), arch
        self.provider = interrupts_provider(self.tools)
        self.stress = self.guest("stress", "interrupts_registers.c",
                                 f"interrupts_registers_{arch}.S")
        self.rules = self.guest("rules")
        self.host = self.guest("host")

    def guest(self, name, *more):
        # Nothing here has a memset().
        flags = ["-msse2", "-fno-tree-loop-distribute-patterns", *FLAGS]
        if self.arch == "x86_64":
            flags.append("-mfsgsbase")
        objects = [self.tools.compile(GUESTS / source, *flags)
                   for source in (f"interrupts_{name}_guest.c", *more)]
        return self.tools.link(*objects, "-lgcc", name=f"interrupts_{name}")

    def run_stress(self, case, rounds=ROUNDS):
        return self.tools.wrapper("--timeout", TIMEOUT, self.stress, case, rounds,
                                  timeout=2 * TIMEOUT)

    def run_rules(self, case):
        return self.tools.wrapper("--timeout", 60, self.rules, case)

    def run_host(self, case, *arguments, options=()):
        # These open a file while the guest runs.
        sandbox = "off" if case in ("libc", "another-thread", "never-enable") \
            else "on"
        return self.tools.wrapper("--timeout", 60, f"--sandbox={sandbox}",
                                  *self.provider, *options, self.host, case, *arguments)


def all_was_right(result):
    return (result.stdout, result.stderr, result.returncode) == ("", "", 0)
