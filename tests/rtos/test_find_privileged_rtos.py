"""find-privileged: the kernel is clean as a guest and has its findings if native."""

import json
import re

import pytest

from conftest import BUILD, run
from find_privileged_tool import check_clean, find_privileged

# objdump's names for the privileged instructions of guests/rtos/cpu/native.
NATIVE = re.compile(r"(cli|sti|hlt|pushf|popf|iret|in|out|lgdtl|lidtl|ljmp)$|"
                    r"mov\b.*%(cr\d|[c-gs]s)\b")


def test_kernels_are_clean_and_the_build_searched_them():
    check_clean("RTOS_GUESTS")
    check_clean("RTOS_LUA_GUESTS")


@pytest.mark.parametrize("image", sorted((BUILD / "native").glob("*.elf")),
                         ids=lambda image: image.stem)
def test_findings_in_a_native_image_are_those_that_objdump_shows(image):
    listing = run("objdump", "-d", "--no-show-raw-insn", image).stdout
    lines = re.findall(r"^ +([0-9a-f]+):\t(.+?) *$", listing, re.M)
    expected = {int(address, 16) for address, text in lines
                if NATIVE.match(text.split()[0]) or NATIVE.match(text)}
    assert len(expected) > 80
    result = find_privileged("--json", image)
    guest, = json.loads(result.stdout)["guests"]
    header = int(re.search(r"^([0-9a-f]+) <multiboot_header>:$", listing, re.M)[1], 16)
    assert {int(each["address"], 16) for each in guest["findings"]} == \
        {address for address in expected if not header <= address < header + 12}
    assert guest["not_searched"] == [] and result.returncode == 1
