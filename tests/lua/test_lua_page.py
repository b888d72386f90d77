"""docs/lua-guest.md: its commands, in an empty folder, print the output of the page."""

import doc_page
from conftest import BUILD, ROOT


def test_every_command_prints_the_output_of_the_page(tmp_path):
    steps = doc_page.steps((ROOT / "docs/lua-guest.md").read_text())
    tool = f"gen/jumpslot-cc --build '{BUILD}'"
    printed = doc_page.run([commands.replace("gen/jumpslot-cc", tool)
                            for commands, _ in steps], doc_page.tree(tmp_path))
    assert printed == [shown for _, shown in steps]
    assert len(steps) == 3 and all(shown for _, shown in steps)
