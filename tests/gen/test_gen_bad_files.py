"""gen-func-list: a malformed file, or one that is not a guest, gives one clear line."""

import os
import re
import struct

import pytest

from conftest import run
from gen_tool import (
    ENTRY, GUEST, NO_FUNCTIONS, START, assembled, comment_of, failure, names, patched,
    section, section_header,
)
from jumpslot_elf import abi
from jumpslot_elf.guest import read_guest


def test_files_that_cannot_be_read_are_all_reported(tools):
    empty = tools.write("empty", "")
    text = tools.write("text", "hello")
    missing = tools.directory / "missing"
    assert failure(tools, missing, tools.directory, empty, text, "/dev/null") == [
        f"{missing}: No such file or directory",
        f"{tools.directory}: Is a directory",
        f"{empty}: an empty file",
        f"{text}: not an ELF file",
        "/dev/null: not a regular file"]


def test_pipe_is_refused_and_not_waited_for(tools):
    pipe = tools.directory / "pipe"
    os.mkfifo(pipe)
    assert failure(tools, pipe) == [f"{pipe}: not a regular file"]


def test_error_line_holds_no_control_characters(tools):
    odd = tools.directory / "a\n\x1b[2J"
    assert failure(tools, odd) == [f"{tools.directory}/a??[2J: No such file or directory"]


@pytest.mark.parametrize("offset, data, reason", [
    (4, b"\3", "ELF class 3, neither 1 (32 bits) nor 2 (64 bits)"),
    (5, b"\2", "byte order 2, not 1 (little-endian)"),
    (4, b"\1", "made for machine EM_X86_64 with 32 bits, neither i386 nor x86-64"),
    (18, b"\xb7\0", "made for machine EM_AARCH64 with 64 bits, neither i386 nor x86-64"),
    (18, b"\xff\xee", "made for machine 61183 with 64 bits, neither i386 nor x86-64"),
    (16, b"\1", "ELF type ET_REL: not a linked image"),
    (40, bytes(8), "no section headers: tables and symbols are found by them"),
    (58, b"\x10\0", "section headers of 16 bytes, not 64"),
])
def test_headers_of_other_files_are_refused(tools, offset, data, reason):
    bad = patched(tools.guest(GUEST), offset, data)
    line, = failure(tools, bad)
    assert line == f"{bad}: {reason}"


def test_wild_index_of_section_names_is_refused(tools):
    bad = patched(tools.guest(GUEST), 62, b"\xff\xff")
    line, = failure(tools, bad)
    assert re.fullmatch(rf"{bad}: section names in section 65535 of \d+", line)


def test_object_file_is_refused(tools):
    bad = tools.compile(GUEST)
    assert failure(tools, bad) == [f"{bad}: ELF type ET_REL: not a linked image"]


@pytest.mark.parametrize("source", [
    "void _start(void);\nvoid _start(void) {}\n",
    START + "EXTERNAL_FUNC(int, unused, int)\n" + ENTRY])
def test_guest_without_functions_is_an_error_and_writes_nothing(tools, source):
    guest = tools.guest(source)
    target = tools.directory / "func_list.h"
    assert failure(tools, guest, "-o", target) == [f"{guest}: {NO_FUNCTIONS}"]
    assert not target.exists()


def test_unknown_abi_version_is_refused(tools):
    guest = assembled(tools, [("f", "v")], version=7)
    assert failure(tools, guest) == [
        f"{guest}: ABI version 7: this gen-func-list knows version 1"]


@pytest.mark.parametrize("name", ["a b", "1a", "", "a-b", "\\033[2J", "\\303\\244",
                                  "x" * 1024])
def test_names_that_are_not_symbols_are_not_printed(tools, name):
    guest = assembled(tools, [("good", "v"), (name, "v")])
    line, = failure(tools, guest)
    assert line.startswith(f"{guest}: import 1: its name ")
    assert "is not a symbol (expected letters, digits and _.$)" in line or \
        "does not end within 1023 bytes" in line


def test_names_with_dots_and_dollars_are_listed(tools):
    guest = assembled(tools, [("a.b", None), ("$c", None), ("_", None),
                              ("x" * 1023, None)])
    assert names(tools.gen_func_list(guest).stdout) == ["$c", "_", "a.b", "x" * 1023]


@pytest.mark.parametrize("type_", ["v", "iii", "vp.", "i.", "S24.8p", "pS1.1S24.8.",
                                   "V16V8", "bhilctumBpfdDqQ", "S0.1", "S999999.1"])
def test_good_type_strings_are_shown(tools, type_):
    guest = assembled(tools, [("f", type_)])
    shown = comment_of(tools.gen_func_list(guest).stdout, "f").removesuffix("; variadic")
    assert shown == f"type {type_}"


@pytest.mark.parametrize("type_", ["x", "iv", "vv", ".", "i..", "i.i", "S", "S8", "S8.",
                                   "V", "S08.8", "S8.3", "S8.0", "S1234567.1", "V0016",
                                   "i i"])
def test_bad_type_strings_are_refused(tools, type_):
    guest = assembled(tools, [("f", type_)])
    line, = failure(tools, guest)
    assert line.startswith(f"{guest}: import 0 (f): ")
    assert "its type is not a type string" in line or "do not agree on variadic" in line


def test_duplicate_names_and_slots_are_refused(tools):
    guest = assembled(tools, [("f", "v"), ("g", "v"), ("f", "v")])
    assert failure(tools, guest) == [f"{guest}: imports 0 and 2 both have the name f"]
    guest = tools.guest(GUEST)
    offset, address, _ = section(guest, ".externals.symtab")
    fields = struct.unpack_from("<iii", guest.read_bytes(), offset)
    bad = patched(guest, offset + 16 + 8, struct.pack("<i", fields[2] - 16))
    assert failure(tools, bad) == [
        f"{bad}: imports 0 and 1 both have the slot 0x{address + 8 + fields[2]:x}"]


def test_each_field_of_an_entry_is_checked(tools):
    guest = tools.guest(GUEST)
    offset, address, _ = section(guest, ".externals.symtab")
    _, strings, length = section(guest, ".externals.str")
    _, slots, room = section(guest, ".externals.jmptbl")
    _, note, _ = section(guest, ".note.jumpslot")
    symbols = run("nm", guest).stdout
    resolver = int(re.search("([0-9a-f]+) . __external_resolver", symbols)[1], 16)
    first = read_guest(guest).imports[0].name

    far = 0x70000000
    outside = (f"lies outside section .externals.str (0x{length:x} bytes at "
               f"0x{strings:x})")
    no_word = (f"is not an aligned word of section .externals.jmptbl (0x{room:x} bytes "
               f"at 0x{slots:x})")
    for field, value, reason in [
            (0, far, f"import 0: its name at 0x{address + far:x} {outside}"),
            (4, far, f"import 0: its type at 0x{address + 4 + far:x} {outside}"),
            (8, 0, f"import 0 ({first}): its slot 0x{address + 8:x} {no_word}"),
            (8, slots + 1 - address - 8, f"import 0 ({first}): its slot 0x{slots + 1:x} "
                                         f"{no_word}"),
            (8, slots + room - address - 8,
             f"import 0 ({first}): its slot 0x{slots + room:x} {no_word}"),
            (8, resolver - address - 8,
             f"import 0 ({first}): its slot 0x{resolver:x} is the resolver pointer"),
            (12, 4, f"import 0 ({first}): flags 0x4 are not all known (0xf3; conventions "
                    "0 to 0x30)"),
            (12, 0x40, f"import 0 ({first}): flags 0x40 are not all known (0xf3; "
                       "conventions 0 to 0x30)"),
            (12, 0x20, f"import 0 ({first}): flags 0x20 state an i386 calling "
                       "convention")]:
        bad = patched(guest, offset + field, struct.pack("<i", value))
        assert failure(tools, bad) == [f"{bad}: {reason}"]


@pytest.mark.parametrize("type_, flags", [("ip.", 0), ("ip", 2), ("i.", 1), ("v", 3)])
def test_type_and_flags_that_contradict_each_other_are_refused(tools, type_, flags):
    guest = assembled(tools, [("f", type_)])
    offset, _, _ = section(guest, ".externals.symtab")
    bad = patched(guest, offset + 12, struct.pack("<I", flags))
    assert failure(tools, bad) == [
        f"{bad}: import 0 (f): type '{type_}' and flags 0x{flags:x} do not agree on "
        "variadic"]


def test_string_without_an_end_is_refused(tools):
    guest = assembled(tools, [("f", None), ("g", None)])
    header, sh_size = section_header(guest, ".externals.str")
    _, address, size = section(guest, ".externals.str")
    bad = patched(guest, header + sh_size, bytes([size - 2]))
    assert failure(tools, bad) == [
        f"{bad}: import 1: its name at 0x{address + size - 3:x} does not end within 1023 "
        f"bytes and section .externals.str (0x{size - 2:x} bytes at 0x{address:x})"]


def test_sizes_of_tables_are_checked(tools):
    guest = tools.guest(GUEST)
    header, sh_size = section_header(guest, ".externals.symtab")
    bad = patched(guest, header + sh_size, b"\x41")
    assert failure(tools, bad) == [
        f"{bad}: section .externals.symtab has 65 bytes: not a multiple of 16"]
    size = len(guest.read_bytes())
    bad = patched(guest, header + sh_size, struct.pack("<Q", 1 << 40))
    line, = failure(tools, bad)
    assert line.startswith(f"{bad}: truncated: section .externals.symtab has "
                           "0x10000000000 bytes at ")
    assert line.endswith(f"the file ends at 0x{size:x}")
    large = bad.read_bytes() + bytes((abi.MAX_IMPORTS + 1) * 16)
    bad = patched(guest, header + sh_size, struct.pack("<Q", (abi.MAX_IMPORTS + 1) * 16))
    bad.write_bytes(bad.read_bytes() + large)
    assert failure(tools, bad) == [f"{bad}: 1048577 imports (at most 1048576)"]


@pytest.mark.parametrize("missing", [".externals.str", ".externals.jmptbl",
                                     ".note.jumpslot"])
def test_each_missing_section_is_named(tools, missing):
    guest = tools.guest(GUEST)
    other = b"x" * len(missing)
    guest.write_bytes(guest.read_bytes().replace(missing.encode() + b"\0", other + b"\0"))
    assert failure(tools, guest) == [f"{guest}: no section {missing}"]


def test_malformed_notes_are_refused(tools):
    guest = tools.guest(GUEST)
    offset, address, size = section(guest, ".note.jumpslot")
    where = f"section .note.jumpslot (0x{size:x} bytes at 0x{address:x})"
    wild = b"\xff" * 4
    for at, data in (0, wild), (4, b"\4"), (4, wild), (8, b"\2"), (12, b"x"):
        bad = patched(guest, offset + at, data)
        assert failure(tools, bad) == [
            f"{bad}: malformed note: {where} holds no note of owner \"jumpslot\" and "
            "type 1"]
    bad = patched(guest, offset + 28, bytes(4))
    assert failure(tools, bad)[0].startswith(
        f"{bad}: malformed note: the resolver pointer at 0x{address + 28:x} is not an "
        "aligned word of section .externals.jmptbl")


@pytest.mark.parametrize("damage", ["compressed", "sizes", "truncated"])
def test_damaged_notes_of_others_do_not_matter(tools, damage):
    guest = tools.guest(GUEST)
    expected = names(tools.gen_func_list(guest).stdout)
    header, sh_size = section_header(guest, ".note.gnu.build-id")
    offset, _, _ = section(guest, ".note.gnu.build-id")
    at, data = {"compressed": (header + 8, struct.pack("<Q", 0x802)),
                "sizes": (offset, b"\xff" * 8),
                "truncated": (header + sh_size, struct.pack("<Q", 1 << 40))}[damage]
    result = tools.gen_func_list(patched(guest, at, data))
    assert names(result.stdout) == expected and result.stderr == ""
    # Nobody reads the build-id of a section that only claims to be compressed.
    assert "build-id none" in result.stdout


def test_other_notes_before_ours_are_skipped(tools):
    other = """__asm__(".section .note.jumpslot,\\"a\\",@note\\n .long 2, 8, 1\\n"
                       ".asciz \\"X\\"\\n .balign 4\\n .long 9, 9\\n .text\\n");\n"""
    guest = tools.guest(other + GUEST)
    assert run("readelf", "-n", guest).stdout.count("0x00000008") == 2
    assert "add" in names(tools.gen_func_list(guest).stdout)


def test_compressed_table_is_refused(tools):
    guest = tools.guest(GUEST)
    header, _ = section_header(guest, ".externals.str")
    bad = patched(guest, header + 8, struct.pack("<Q", 0x802))
    assert failure(tools, bad) == [
        f"{bad}: section .externals.str is compressed (only .debug_externals may be)"]


def test_huge_file_is_refused_unread(tools):
    huge = tools.write("huge.elf", "")
    os.truncate(huge, 1 << 40)
    assert failure(tools, huge) == [
        f"{huge}: too large: 0x10000000000 bytes (at most 0x40000000)"]


def test_two_sections_of_one_name_are_refused(tools):
    guest = tools.guest(GUEST)
    image = guest.read_bytes()
    assert image.count(b".debug_externals\0") == 1
    one, _ = section_header(guest, ".externals.symtab")
    two, _ = section_header(guest, ".comment")
    bad = patched(guest, two, image[one:one + 4])
    assert failure(tools, bad) == [f"{bad}: 2 sections are called .externals.symtab"]
