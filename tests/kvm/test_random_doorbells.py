"""A guest that rings doorbells at random ends with a diagnosis, whatever the seed.

make check-sanitized runs this with the runner under AddressSanitizer and UBSan, for
RANDOM_SECONDS (20 there); RANDOM_SEED=n begins with another seed, and a failure names
its own.
"""

import os
import re
import time

import pytest
from conftest import ROOT
from kvm_block import distance_of_doorbells

GUESTS = ROOT / "tests/kvm/guests"
SECONDS = float(os.environ.get("RANDOM_SECONDS",
                               20 if "SANITIZED" in os.environ else 5))
FIRST = int(os.environ.get("RANDOM_SEED", 1))
# Of the guest, by the supervisor; not a line of the runner about itself.
DIAGNOSIS = re.compile(
    r": (stopped by signal|jumped to|called|a callback returned|its entry returned|"
    r"no room on the stack|the guest's fault handler|an interrupt handler returned|"
    r"[a-z].*after it had left a callback|a host function|.*returned)")


def diagnose(result):
    """Why a result is not a good end of the guest, or None."""
    if "Sanitizer" in result.stderr or "runtime error" in result.stderr:
        return "a sanitizer's report"
    if result.returncode == 7:
        return None
    if result.returncode < 128:
        return "the runner failed"
    return None if DIAGNOSIS.search(result.stderr) else "no diagnosis"


@pytest.mark.skipif(not os.access("/dev/kvm", os.R_OK | os.W_OK),
                    reason="needs /dev/kvm")
def test_random_doorbells_end_with_a_diagnosis(tools):
    guest = tools.guest(GUESTS / "random_guest.c", name="random")
    provider = tools.provider(GUESTS / "random_provider.c", name="random")
    end, seed, ends = time.monotonic() + SECONDS, FIRST, []
    while time.monotonic() < end or seed < FIRST + 20:
        result = tools.wrapper("--host", "kvm", "--timeout", "10", "--provider",
                               provider, guest, seed, distance_of_doorbells("x86_64"),
                               errors="replace")
        assert not diagnose(result), (seed, diagnose(result), result.returncode,
                                      result.stderr)
        ends.append(result.returncode)
        seed += 1
    print(f"{len(ends)} seeds, ends: { {each: ends.count(each) for each in set(ends)} }")
    assert len(set(ends)) >= 2
