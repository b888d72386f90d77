"""docs/architecture.md names every function that a new host has to provide."""

import re

from conftest import ROOT

PAGE = (ROOT / "docs/architecture.md").read_text()
SECTION = PAGE[PAGE.index("## A new host"):PAGE.index("## A new architecture")]
ROW = re.compile(r"^\| (`[^|]*`) \|", re.M)


def declared(header, prefix):
    """The functions and objects that a header of host-wrapper declares."""
    text = (ROOT / "host-wrapper" / header).read_text()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return set(re.findall(rf"\b({prefix}\w+)(?=[(\[])", text))


def test_the_page_has_a_row_for_each_function_of_a_host():
    rows = set(re.findall(r"\w+", " ".join(ROW.findall(SECTION))))
    assert rows == declared("runner/host.h", "host_") | declared("vcpu/hooks.h", "vcpu_")
