"""docs/fault-injection.md: every step prints the output of the page."""

import doc_page
from conftest import BUILD, ROOT


def test_every_step_prints_the_output_of_the_page(tmp_path):
    steps = doc_page.steps((ROOT / "docs/fault-injection.md").read_text())
    path = f"PATH={ROOT / 'gen'}:{BUILD / 'bin'}:$PATH\n"
    printed = doc_page.run([path + commands for commands, _ in steps], tmp_path)
    assert printed == [shown for _, shown in steps]
    assert len(steps) == 3 and all(shown for _, shown in steps)
