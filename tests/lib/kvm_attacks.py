"""Guests that try all addresses, and that ring doorbells at random: how to start them in
the kvm host, and what they may do.

Depends on conftest. Results are (status, standard output, standard error).
"""

import re
from collections import Counter

from conftest import BUILD, ROOT
from kvm_block import distance_of_doorbells

GUESTS = ROOT / "tests/kvm/guests"
KVM = [BUILD / "bin/host-wrapper", "--host", "kvm"]
READ, WRITE = 1, 2
# Of the guest, by the supervisor; not a line of the runner about itself.
DIAGNOSIS = re.compile(
    r": (stopped by signal|jumped to|called|a callback returned|its entry returned|"
    r"no room on the stack|the guest's fault handler|an interrupt handler returned|"
    r"[a-z].*after it had left a callback|a host function|.*returned)")


def reach_command(tools):
    """A guest that tries first, middle and last byte of each mapping of its runner, and
    addresses that only the machine could have."""
    return [*KVM, "--timeout", "200", "--sandbox=off", "--provider",
            tools.provider(GUESTS / "reach_provider.c", name="reach"),
            tools.guest(GUESTS / "reach_guest.c", name="reach")]


def check_reach(result):
    """The guest reached what is its own, and nothing else."""
    status, output, errors = result
    assert (status, errors) == (0, "")
    tried = [line.split() for line in output.splitlines()]
    owners = Counter(owner for *_, owner, _ in tried)
    assert owners["guest"] >= 15 and owners["runner"] >= 60, owners
    assert owners["inside"] >= 6 and owners["other"] > 200, owners
    for address, mapping, access, owner, found in tried:
        seen = f"{address} of {mapping} ({access}, {owner}): {found}"
        if owner in ("runner", "other"):
            assert int(found) == 0, seen
        else:
            assert int(found) & READ, seen
            assert not (int(found) & WRITE and access[1] == "-"), seen


class RandomDoorbells:
    """A guest that rings at random. Its commands differ in the seed."""

    def __init__(self, tools):
        self.words = [
            *KVM, "--timeout", "10", "--provider",
            tools.provider(GUESTS / "random_provider.c", name="random"),
            tools.guest(GUESTS / "random_guest.c", name="random")]
        self.distance = distance_of_doorbells(tools.arch)

    def command(self, seed):
        return [*self.words, str(seed), self.distance]

    @staticmethod
    def diagnose(result):
        """Why a result is not a good end of the guest, or None."""
        status, _, errors = result
        if "Sanitizer" in errors or "runtime error" in errors:
            return "a sanitizer's report"
        if status == 7:
            return None
        if status < 128:
            return "the runner failed"
        return None if DIAGNOSIS.search(errors) else "no diagnosis"
