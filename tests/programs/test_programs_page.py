"""docs/programs.md: its examples work and print what the page shows."""

import doc_page
from conftest import ROOT


def test_every_example_prints_the_output_that_the_page_shows(tmp_path):
    steps = doc_page.steps((ROOT / "docs/programs.md").read_text())
    printed = doc_page.run([commands for commands, _ in steps], doc_page.tree(tmp_path))
    assert printed == [shown for _, shown in steps]
    assert len(steps) == 2 and all(shown for _, shown in steps)
