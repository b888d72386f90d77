"""docs/host-wrapper.md: its commands print the output of the page."""

import doc_page
from conftest import ROOT, Toolbox

PAGE = (ROOT / "docs/host-wrapper.md").read_text()


def test_the_pages_commands_print_the_output_of_the_page(tmp_path):
    steps = [(commands, shown) for commands, shown in doc_page.steps(PAGE) if shown]
    printed = doc_page.run([commands for commands, _ in steps], doc_page.tree(tmp_path))
    assert printed == [shown for _, shown in steps]
    assert len(steps) == 5


def test_the_page_describes_every_option_of_the_help():
    for line in Toolbox.wrapper("--help").stdout.splitlines():
        option = line.strip().split("  ")[0]
        if line.startswith("  --") and option not in ("--help", "--version"):
            option = option.replace("lazy|now", "lazy").replace("host|guest", "host")
            option = option.replace("HOST", "process")  # a row for each host
            for word in option.split(" | "):
                assert f"| `{word}` |" in PAGE, word
