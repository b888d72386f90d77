"""README.md: every command block works as it stands and prints what the page shows.

Times differ from run to run.
"""

import re

import doc_page
from conftest import ROOT


def without_times(text):
    return re.sub(r"\d\.\d{6,9}\b", "TIME", text)


def test_every_command_prints_the_output_of_the_readme(tmp_path):
    steps = doc_page.steps((ROOT / "README.md").read_text())
    printed = doc_page.run([commands for commands, _ in steps], doc_page.tree(tmp_path))
    assert [without_times(each) for each in printed] == \
        [without_times(shown) for _, shown in steps]
    assert [bool(shown) for _, shown in steps] == [True, False, False, True, True, True]
