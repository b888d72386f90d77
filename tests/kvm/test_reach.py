"""The guest reaches its own memory, and no other memory of its runner.

Its host names first, middle and last byte of each mapping of the runner's process, and
addresses that only the machine could have. The guest reads, writes and calls each.
"""

import os
from collections import Counter

import pytest
from conftest import BUILD, ROOT, run
from nested_machine import NestedMachine

GUESTS = ROOT / "tests/kvm/guests"
LOCAL = os.access("/dev/kvm", os.R_OK | os.W_OK)
READ, WRITE = 1, 2


def run_here(_, words):
    result = run(*words, check=False)
    return result.returncode, result.stdout, result.stderr


def run_nested(directory, words):
    machine = NestedMachine(directory, BUILD)
    for program in "bin/jumpslot-runner-x86_64-kvm", "bin/jumpslot-backtrace":
        machine.add(BUILD / program)
    machine.case("reach", *words)
    return machine.boot(300)["reach"]


@pytest.fixture(name="tried", params=["nested", *["here"] * LOCAL])
def run_it(request, tools):
    """[(address, mapping, its access, its owner, what the guest could do)]"""
    words = [BUILD / "bin/host-wrapper", "--host", "kvm", "--timeout", "200",
             "--sandbox=off", "--provider",
             tools.provider(GUESTS / "reach_provider.c", name="reach"),
             tools.guest(GUESTS / "reach_guest.c", name="reach")]
    run_it_there = {"nested": run_nested, "here": run_here}[request.param]
    status, output, errors = run_it_there(tools.directory, words)
    assert (status, errors) == (0, "")
    return [(int(address, 16), mapping, access, owner, int(found))
            for address, mapping, access, owner, found in
            map(str.split, output.splitlines())]


def test_the_guest_reaches_only_what_is_its_own(tried):
    owners = Counter(owner for *_, owner, _ in tried)
    assert owners["guest"] >= 15 and owners["runner"] >= 60, owners
    assert owners["inside"] >= 6 and owners["other"] > 150, owners
    for address, mapping, access, owner, found in tried:
        seen = f"{address:#x} of {mapping} ({access}, {owner}): {found}"
        if owner in ("runner", "other"):
            assert found == 0, seen
        else:
            assert found & READ, seen
            assert not (found & WRITE and access[1] == "-"), seen
