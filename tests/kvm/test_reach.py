"""The guest reaches its own memory, and no other memory of its runner, on /dev/kvm.

test_nested.py has the same for the nested machine and each architecture.
"""

import os

import pytest
from conftest import run
from kvm_attacks import check_reach, reach_command


@pytest.mark.skipif(not os.access("/dev/kvm", os.R_OK | os.W_OK),
                    reason="needs /dev/kvm")
def test_the_guest_reaches_only_what_is_its_own(tools):
    result = run(*reach_command(tools), check=False)
    check_reach((result.returncode, result.stdout, result.stderr))
