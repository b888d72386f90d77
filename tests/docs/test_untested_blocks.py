"""Blocks of commands that no test runs as the pages have them, and the test of each.

A block fenced without a language may hold commands, which doc_page does not run: they
need another machine, a terminal, or files that do not exist. Each has a test that does
the same in another way.
"""

import re

import doc_page
import pytest
from conftest import ROOT

# (page, first line of the block): file and name of the test.
COVERED = {
    ("control.md", "$ host-wrapper --control control --provider sensor.so --standby "
     "simulated.so guest.elf &"):
        ("docs/test_control_page.py", "test_the_providers_that_stand_by_are_exchanged"),
    ("debugging.md", "$ host-wrapper --wait-gdb --provider provider.so pump.elf"):
        ("debug/test_gdb.py", "test_a_guest_that_waits_for_gdb_says_how_to_attach"),
    ("debugging.md", "$ ulimit -c unlimited"):
        ("debug/test_core.py", "test_the_kernel_writes_a_core_file_if_it_is_asked_for"),
    ("debugging.md", "$ host-wrapper --host kvm --gdb pump.socket --provider provider.so "
     "pump.elf"):
        ("kvm/test_gdb_stub.py", "test_gdb_stops_steps_and_sees_all_of_the_guest"),
    ("profiling.md", "$ perf record -g host-wrapper --provider provider.so guest.elf"):
        ("debug/test_profiles.py",
         "test_perf_attributes_samples_to_the_guests_functions"),
    ("installing.md", "make deps all"):
        ("install/test_install.py", "test_every_command_answers_from_its_new_place"),
    ("installing.md", "export PATH=FOLDER/bin:$PATH "
     "PKG_CONFIG_PATH=FOLDER/share/pkgconfig"):
        ("install/test_install.py",
         "test_every_example_of_the_page_prints_what_it_shows"),
    ("installing.md", "cp -r FOLDER/share/doc/jumpslot/examples/calculator . && cd "
     "calculator && make"):
        ("install/test_install.py",
         "test_the_installed_example_builds_with_its_makefile"),
    ("installing.md", "sudo apt-get build-dep ./"):
        ("install/test_debian_package.py",
         "test_the_unpacked_packages_build_and_run_a_guest"),
    ("installing.md", "make oci GUEST=build/guests/calculator-x86_64.elf \\"):
        ("install/test_oci_image.py",
         "test_make_passes_options_and_the_image_reports_in_json"),
    ("deploying.md", "make oci GUEST=build/guests/calculator-x86_64.elf \\"):
        ("install/test_oci_image.py",
         "test_make_passes_options_and_the_image_reports_in_json"),
}
PAGES = sorted({page for page, _ in COVERED})
COMMAND = re.compile(r"\$ |make |sudo |cp |export |host-wrapper |gdb |perf ")


def blocks(page):
    """First lines of blocks without a language that begin with a command."""
    found = doc_page.BLOCK.findall((ROOT / "docs" / page).read_text())
    before = [("", ""), *found]
    return [text.splitlines()[0] for (kind, text), (previous, _) in zip(found, before)
            if kind == "" and previous != "sh" and COMMAND.match(text)]


@pytest.mark.parametrize("page", PAGES)
def test_each_block_that_is_not_run_has_a_test(page):
    assert sorted(blocks(page)) == sorted(line for name, line in COVERED if name == page)


@pytest.mark.parametrize("path,name", sorted(set(COVERED.values())))
def test_the_test_of_a_block_exists(path, name):
    text = (ROOT / "tests" / path).read_text()
    assert re.search(rf"^def {name}\(", text, re.MULTILINE)
