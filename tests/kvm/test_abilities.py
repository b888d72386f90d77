"""Each test that the kvm host skips is counted, and its ability is documented."""

import os
import re

import pytest
from conftest import ROOT, run
from host_abilities import LACKS, lacking

PAGE = (ROOT / "docs/kvm.md").read_text()
RULES = (ROOT / "tests/kvm/rules.mk").read_text()


# The heading of the page's table, and KVM_MACHINE for its tests.
TABLES = {"kvm": ("ability", ""), "nested": ("ability of a processor", "nested")}


def count_skipped(host, machine):
    """The number of tests that each ability skips in `make check-on-kvm`."""
    files = re.findall(r"\w+/test_\w+\.py", RULES)
    environment = {**os.environ, "HOST": "kvm", "KVM_MACHINE": machine}
    collected = run("/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider",
                    "--collect-only", *(f"tests/{name}" for name in files),
                    cwd=ROOT, env=environment).stdout.splitlines()
    counts = dict.fromkeys(LACKS[host], 0)
    for ability in (ability for name in collected
                    for ability in lacking("kvm", name, machine) if ability in counts):
        counts[ability] += 1
    return counts


@pytest.mark.parametrize("host", TABLES)
def test_the_page_lists_every_ability_with_the_number_of_its_tests(host):
    heading, machine = TABLES[host]
    table = PAGE[PAGE.index(f"| {heading} |"):].partition("\n\n")[0]
    listed = {cells[1]: int(cells[-2]) for cells in
              ([cell.strip() for cell in line.split("|")]
               for line in table.splitlines()[2:])}
    assert listed == count_skipped(host, machine)
