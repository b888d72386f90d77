"""Each test that the monitor skips is counted, and its ability is documented."""

import os
import re

import pytest
from conftest import ROOT, run
from host_abilities import LACKS, lacking

PAGE = (ROOT / "docs/monitor.md").read_text()
RULES = (ROOT / "tests/rules.mk").read_text()


@pytest.fixture(scope="module", name="collected")
def collect():
    """All tests of `MONITOR_FULL=1 make check-on-monitor`."""
    folders = re.search(r"^ON_MONITOR_FULL := (.*)$", RULES, re.MULTILINE)[1].split()
    lines = run("/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider",
                "--collect-only", *folders, cwd=ROOT,
                env={**os.environ, "HOST": "monitor"}).stdout.splitlines()
    return [line for line in lines if "::" in line]


def test_the_page_lists_every_ability_with_the_number_of_its_tests(collected):
    counts = dict.fromkeys(LACKS["monitor"], 0)
    for ability in (ability for name in collected
                    for ability in lacking("monitor", name)):
        counts[ability] += 1
    table = PAGE[PAGE.index("| ability |"):].partition("\n\n")[0]
    listed = {cells[1]: int(cells[-2]) for cells in
              ([cell.strip() for cell in line.split("|")]
               for line in table.splitlines()[2:])}
    assert listed == counts


def test_no_file_of_interrupts_and_faults_is_left_out(collected):
    files = {name.partition("::")[0] for name in collected}
    assert files == {str(path.relative_to(ROOT)) for subject in ("faults", "interrupts")
                     for path in (ROOT / "tests" / subject).glob("test_*.py")}
