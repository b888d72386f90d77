"""Each period is an interrupt or counts as missed, however coarse kernel timers are.

A kernel without high-resolution timers lengthens short intervals. A preloaded library
does it here.
"""

import os

import pytest
from conftest import ROOT, each_arch as arch  # noqa: F401

GUESTS = ROOT / "tests/interrupts/guests"


@pytest.mark.parametrize("is_coarse", [True, False], ids=["coarse", "fine"])
def test_interrupts_and_missed_periods_add_up_to_the_time(tools, is_coarse):
    guest = tools.guest(GUESTS / "coarse_clock_guest.c", "-lgcc")
    provider = tools.provider(GUESTS / "coarse_clock_provider.c")
    preload = {"LD_PRELOAD": str(provider)} if is_coarse else {}
    result = tools.wrapper("--timeout", 600, "--provider", provider, guest,
                           env={**os.environ, **preload})
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)
