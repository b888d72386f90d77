"""The monitor skips what it lacks the ability for, and nothing else."""

from conftest import ROOT
from host_abilities import LACKS

PAGE = " ".join((ROOT / "docs/monitor.md").read_text().split())


def test_each_ability_that_is_lacking_is_on_the_page():
    assert set(LACKS["monitor"]) == {"unmasked SSE exceptions",
                                     "system calls of the guest"}
    for ability in LACKS["monitor"]:
        assert f"*{ability}*" in PAGE


def test_two_tests_are_skipped():
    assert sum(map(len, LACKS["monitor"].values())) == 2
