"""The monitor skips what it lacks the ability for, and nothing else."""

from conftest import ROOT
from host_abilities import LACKS

PAGE = " ".join((ROOT / "docs/monitor.md").read_text().split())


def test_each_ability_that_is_lacking_is_on_the_page():
    assert set(LACKS["monitor"]) == {
        "unmasked SSE exceptions", "system calls of the guest", "faults of far returns",
        "a host out of the guest's sight", "errors of the console",
        "shared libraries as providers"}
    for ability in LACKS["monitor"]:
        assert f"*{ability}*" in PAGE


def test_six_tests_are_skipped():
    assert sum(map(len, LACKS["monitor"].values())) == 6
