"""Each test that the kvm host skips is counted, and its ability is documented."""

import os
import re

import pytest
from conftest import ROOT, run
from host_abilities import LACKS, lacking

PAGE = (ROOT / "docs/kvm.md").read_text()
RULES = (ROOT / "tests/kvm/rules.mk").read_text()


@pytest.fixture(scope="module", name="skipped")
def count_skipped():
    """The number of tests that each ability skips in `make check-on-kvm`."""
    files = re.findall(r"\w+/test_\w+\.py", RULES)
    environment = {**os.environ, "HOST": "kvm", "KVM_I386": "0"}
    collected = run("/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider",
                    "--collect-only", *(f"tests/{name}" for name in files),
                    cwd=ROOT, env=environment).stdout.splitlines()
    counts = dict.fromkeys(LACKS["kvm"], 0)
    for ability in (ability for name in collected for ability in lacking("kvm", name)):
        counts[ability] += 1
    return counts


def test_the_page_lists_every_ability_with_the_number_of_its_tests(skipped):
    table = PAGE[PAGE.index("| ability |"):].partition("\n\n")[0]
    listed = {cells[1]: int(cells[-2]) for cells in
              ([cell.strip() for cell in line.split("|")]
               for line in table.splitlines()[2:])}
    assert listed == skipped
