"""README.md: every command block works as it stands and prints the output of the page."""

import doc_page
from conftest import ROOT


def test_every_command_prints_the_output_of_the_readme(tmp_path):
    steps = doc_page.steps((ROOT / "README.md").read_text())
    printed = doc_page.run([commands for commands, _ in steps], doc_page.tree(tmp_path))
    assert printed == [shown for _, shown in steps]
    assert [bool(shown) for _, shown in steps] == [True, False, False, True]
