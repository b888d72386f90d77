"""docs/tutorial.md: every step works with an installed tree, for an ordinary user, and
prints the output of the page."""

import re

from conftest import ROOT
from doc_page import steps
from test_install import home, prefix, use  # noqa: F401


def without_times(text):
    return re.sub(r" *\d+\.\d{6,}", " TIME", text)


def test_every_step_prints_the_output_of_the_page(prefix, home):  # noqa: F811
    page = steps((ROOT / "docs/tutorial.md").read_text())
    script = "exec 2>&1\n" + "".join(commands + "echo --\n" for commands, _ in page)
    printed = use(prefix, home, "sh", "-c", script).split("--\n")[:-1]
    shown = [output for _, output in page]
    assert list(map(without_times, printed)) == list(map(without_times, shown))
    assert len(page) == 8 and all(shown)
