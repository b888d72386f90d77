"""A guest that rings doorbells at random ends with a diagnosis, whatever the seed.

make check-sanitized runs this with the runner under AddressSanitizer and UBSan, for
RANDOM_SECONDS (20 there); RANDOM_SEED=n begins with another seed, and a failure names
its own. test_nested.py tries some seeds in the nested machine, for each architecture.
"""

import os
import time

import pytest
from conftest import run
from kvm_attacks import RandomDoorbells

SECONDS = float(os.environ.get("RANDOM_SECONDS",
                               20 if "SANITIZED" in os.environ else 5))
FIRST = int(os.environ.get("RANDOM_SEED", 1))


@pytest.mark.skipif(not os.access("/dev/kvm", os.R_OK | os.W_OK),
                    reason="needs /dev/kvm")
def test_random_doorbells_end_with_a_diagnosis(tools):
    doorbells = RandomDoorbells(tools)
    end, seed, ends = time.monotonic() + SECONDS, FIRST, []
    while time.monotonic() < end or seed < FIRST + 20:
        ended = run(*doorbells.command(seed), errors="replace", check=False)
        result = ended.returncode, ended.stdout, ended.stderr
        assert not doorbells.diagnose(result), (seed, doorbells.diagnose(result), *result)
        ends.append(ended.returncode)
        seed += 1
    print(f"{len(ends)} seeds, ends: { {each: ends.count(each) for each in set(ends)} }")
    assert len(set(ends)) >= 2
