"""guests/rtos: one source, which does the same by itself and as a guest."""

import pytest
from conftest import ROOT
from rtos_machine import Machine


@pytest.fixture(params=["x86_64", "i386", "native"])
def machine(request):
    return Machine(request.param)


@pytest.mark.parametrize("options", [[], ["tickless"]], ids=["ticks", "tickless"])
def test_the_scenario_prints_the_same_lines_everywhere(machine, options):
    expected = (ROOT / "tests/rtos/scenario.txt").read_text()
    assert machine.run("scenario", *options) == (expected, "", 0)
