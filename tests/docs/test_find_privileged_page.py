"""docs/find-privileged.md: its commands print the output of the page."""

import json
import re

import doc_page
from conftest import ROOT

PAGE = (ROOT / "docs/find-privileged.md").read_text()
JSON = re.compile(r"^```\n\$ (\S+ --json [^\n]*)\n(.*?)^```$", re.M | re.S)


def test_every_command_prints_the_output_of_the_page(tmp_path):
    steps = doc_page.steps(PAGE)
    printed = doc_page.run([commands for commands, _ in steps], doc_page.tree(tmp_path))
    assert printed == [shown for _, shown in steps]
    assert len(steps) == 2 and all(shown for _, shown in steps)


def test_json_of_the_example_is_that_of_the_page_which_leaves_out_findings(tmp_path):
    (example, _), *_ = doc_page.steps(PAGE)
    command, shown = JSON.search(PAGE).groups()
    _, printed = doc_page.run([example, command + "\n"], doc_page.tree(tmp_path))
    guest, = json.loads(printed)["guests"]
    guest["findings"] = guest["findings"][:1]
    assert [guest] == json.loads(re.sub(r",\s*\.\.\.", "", shown))["guests"]
