"""docs/debugging.md, profiling.md, deploying.md: commands print what the pages show."""

import doc_page
import pytest
from conftest import ROOT


@pytest.mark.parametrize("page,count", [("debugging", 3), ("profiling", 2),
                                        ("deploying", 1)])
def test_every_command_prints_the_output_of_the_page(tmp_path, page, count):
    steps = doc_page.steps((ROOT / f"docs/{page}.md").read_text())
    printed = doc_page.run([commands for commands, _ in steps], doc_page.tree(tmp_path))
    assert printed == [shown for _, shown in steps]
    assert len(steps) == count


def test_the_deploying_page_names_each_variable_of_the_unit():
    page = (ROOT / "docs/deploying.md").read_text()
    for name in "GUEST", "OPTIONS", "ARGUMENTS":
        assert f"| `{name}` |" in page
    assert "LD_" not in page
