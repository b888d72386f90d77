"""Guests run under valgrind.

valgrind emulates the processor, loads the runner at low addresses, treats requested
addresses as hints, and tracks calls and stacks itself.
"""

import pytest
from conftest import BUILD, ROOT, Toolbox, run


@pytest.mark.not_sanitized("valgrind does not run them")
def test_a_gated_call_runs_under_valgrind(tmp_path):
    tools, guests = Toolbox(tmp_path), ROOT / "tests/calls/guests"
    guest = tools.guest(guests / "gate_guest.c", name="gate")
    provider = tools.provider(guests / "gate_provider.c", name="gate")
    rounding = tools.provider(guests / "gate_rounding_provider.c", name="rounding")
    result = run("valgrind", "--tool=callgrind", "--trace-children=yes",
                 f"--callgrind-out-file={tmp_path}/callgrind.%p",
                 BUILD / "bin/host-wrapper", "--sandbox=off", "--in-place",
                 "--provider", provider, "--provider", rounding, guest, "w", check=False)
    assert result.returncode == 0, result.stderr
    assert " Collected : " in result.stderr
