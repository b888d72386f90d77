"""gen-func-list: no damage to a file makes it crash or shortens a list."""

import random

import pytest
from elftools.elf.elffile import ELFFile

from conftest import run
from gen_tool import (
    ARCHES, GUEST, NO_FUNCTIONS, TOOL, assembled, corruptions, failure, legacy_guest,
    names, outcome, provider_of_add, section, section_header,
)
from jumpslot_elf.provider import read_provider


@pytest.mark.parametrize("arch", ARCHES)
def test_truncated_file_is_an_error_and_never_a_shorter_list(tools, arch):
    guest = tools.guest(GUEST, arch=arch)
    image = guest.read_bytes()
    with open(guest, "rb") as file:
        elf = ELFFile(file)
        edges = [each[key] for each in elf.iter_sections() for key in ("sh_offset",)]
        edges += [each["sh_offset"] + each["sh_size"] for each in elf.iter_sections()]
        edges += [elf["e_shoff"] + i * elf["e_shentsize"] for i in range(elf["e_shnum"])]
    cuts = {*range(0, len(image), 97), *edges, *(edge + 1 for edge in edges), *range(70)}
    bad = tools.directory / "cut.elf"
    for cut in sorted(cut for cut in cuts if cut < len(image)):
        assert outcome(bad, image[:cut]) is None, cut
    for cut in 0, 3, 17, 52, 64, len(image) // 2, len(image) - 1:
        bad.write_bytes(image[:cut])
        line, = failure(tools, bad)
        assert line.startswith(f"{bad}: ") and line != f"{bad}: {NO_FUNCTIONS}"


@pytest.mark.parametrize("arch", ARCHES)
def test_no_corrupt_byte_of_table_note_or_headers_gives_a_crash(tools, arch):
    guest = tools.guest(GUEST, arch=arch)
    image = guest.read_bytes()
    bad = tools.directory / "corrupt.elf"
    ranges = [section(guest, name)[::2] for name in (
        ".externals.symtab", ".externals.str", ".note.jumpslot", ".note.gnu.build-id")]
    header_size = 64 if arch == "x86_64" else 40
    ranges += [(section_header(guest, name)[0], header_size) for name in (
        ".externals.symtab", ".externals.str", ".externals.jmptbl", ".note.jumpslot",
        ".debug_externals", ".shstrtab")]
    for start, size in [(0, 64), *ranges]:
        for offset, corrupt in corruptions(image, start, size):
            result = outcome(bad, corrupt)
            assert result is None or result.imports, offset


def test_no_corrupt_byte_of_a_provider_gives_a_crash(tools):
    library = provider_of_add(tools)
    image = library.read_bytes()
    bad = tools.directory / "corrupt.so"
    for name in ".jumpslot.provided", ".jumpslot.strings", ".note.jumpslot.provider":
        for _, corrupt in corruptions(image, *section(library, name)[::2]):
            outcome(bad, corrupt, read_provider)


@pytest.mark.parametrize("layout", ["jumpslot", "compressed", "l4externals"])
def test_randomly_damaged_files_give_a_result_or_a_problem(tools, layout):
    guest = {"jumpslot": lambda: tools.guest(GUEST, arch="i386"),
             "compressed": lambda: tools.guest(
                 GUEST, flags=["-Wl,--compress-debug-sections=zlib"]),
             "l4externals": lambda: legacy_guest(tools, "x86_64")}[layout]()
    image, bad = guest.read_bytes(), tools.directory / "damaged.elf"
    chance = random.Random(1)
    for _ in range(1500):
        damaged = bytearray(image)
        for _ in range(chance.choice([1, 4, 64])):
            damaged[chance.randrange(len(image))] = chance.randrange(256)
        outcome(bad, damaged)


def with_debug_section(guest, data):
    """The guest with these bytes as .debug_externals, compressed."""
    file = guest.with_name("debug.bin")
    file.write_bytes(data)
    target = guest.with_name("compressed.elf")
    run("objcopy", "--remove-section", ".debug_externals", guest, target)
    run("objcopy", "--add-section", f".debug_externals={file}", target)
    run("objcopy", "--compress-debug-sections=zlib", target)
    assert target.stat().st_size < 1 << 20
    return target


# Far less than the section's bytes as a list of strings.
MEMORY = 150_000_000


@pytest.mark.parametrize("size", [32 << 20, (32 << 20) + 4])
@pytest.mark.parametrize("data", [b"\0\0\0\0", b"add\0"])
def test_compressed_debug_section_is_read_in_bounded_memory(tools, data, size):
    guest = with_debug_section(tools.guest(GUEST), data * (size // 4))
    result = run("prlimit", f"--as={MEMORY}", "/usr/bin/python3", TOOL, guest)
    assert names(result.stdout) == ["add", "fast", "log_line", "plain", "plot"]
    assert result.stderr == ("" if size <= 32 << 20 else (
        f"gen-func-list: {guest}: section .debug_externals has 0x2000004 bytes (at most "
        "0x2000000); the list has no places and prototypes from there on\n"))


def test_string_without_an_end_in_the_debug_section_is_read_in_bounded_memory(tools):
    guest = with_debug_section(tools.guest(GUEST), b"a" * (32 << 20))
    result = run("prlimit", f"--as={MEMORY}", "/usr/bin/python3", TOOL, guest)
    assert len(names(result.stdout)) == 5 and result.stderr == ""


def test_a_hundred_thousand_imports_are_listed(tools):
    count = 100_000
    guest = assembled(tools, [(f"f{index}", "iip" if index % 2 else None)
                              for index in range(count)])
    text = tools.gen_func_list(guest).stdout
    assert names(text) == sorted(f"f{index}" for index in range(count))
