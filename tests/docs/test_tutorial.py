"""docs/tutorial.md: every step works as it stands and prints the output of the page."""

import doc_page
from conftest import ROOT


def test_every_step_prints_the_output_of_the_page(tmp_path):
    steps = doc_page.steps((ROOT / "docs/tutorial.md").read_text())
    printed = doc_page.run([commands for commands, _ in steps], doc_page.tree(tmp_path))
    assert printed == [shown for _, shown in steps]
    assert len(steps) == 7 and all(shown for _, shown in steps)
