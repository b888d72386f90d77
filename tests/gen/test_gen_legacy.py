"""gen-func-list reads the layout of L4RTEMS and L4Linux."""

import json
import re

import pytest

from gen_tool import (
    ARCHES, comment_of, failure, legacy_guest, names, patched, section, section_header,
)


@pytest.mark.parametrize("arch", ARCHES)
def test_l4_layout_is_read(tools, arch):
    guest = legacy_guest(tools, arch)
    text = tools.gen_func_list(guest).stdout
    assert names(text) == ["LOG_printf", "l4_utcb_wrap", "zeta"]
    assert comment_of(text, "zeta") == "type unknown"
    assert re.search(r"legacy-.*: build-id [0-9a-f]{40}, ABI of l4externals, ", text)
    report = json.loads(tools.gen_func_list(guest, "--json").stdout)
    assert report["guests"][0]["layout"] == "l4externals"
    assert report["guests"][0]["abi"] is None
    word = 8 if arch == "x86_64" else 4
    slots = section(guest, ".data.l4externals.jmptbl")[1]
    assert [each["slots"] for each in report["functions"]] == [
        [f"0x{slots + index * word:x}"] for index in (1, 2, 0)]


@pytest.mark.parametrize("arch", ARCHES)
def test_l4_layout_with_errors_is_refused(tools, arch):
    guest = legacy_guest(tools, arch)
    word = 8 if arch == "x86_64" else 4
    offset, _, size = section(guest, ".data.l4externals.symtab")
    _, strings, length = section(guest, ".data.l4externals.str")
    bad = patched(guest, offset + word, bytes(word))
    assert failure(tools, bad) == [
        f"{bad}: import 1: its name at 0x0 lies outside section .data.l4externals.str "
        f"(0x{length:x} bytes at 0x{strings:x})"]
    header, sh_size = section_header(guest, ".data.l4externals.symtab")
    bad = patched(guest, header + sh_size, bytes([size - 1]))
    assert failure(tools, bad) == [
        f"{bad}: section .data.l4externals.symtab has {size - 1} bytes: not a multiple "
        f"of {word}"]
    bad = patched(guest, header + sh_size, bytes([size - word]))
    assert failure(tools, bad) == [
        f"{bad}: {size - word} bytes of names in .data.l4externals.symtab, but {size} "
        "bytes of slots in .data.l4externals.jmptbl"]
