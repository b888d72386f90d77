"""find-privileged: command line, JSON, and files that are damaged or not guests."""

import itertools
import json
import random
import re
import struct
import subprocess

import pytest
from elftools.elf.elffile import ELFFile

from conftest import ROOT, run
from find_privileged_tool import TOOL, assemble, find_privileged, found, search
from gen_tool import ENTRY, START, corruptions, outcome, patched, section, section_header
from jumpslot_elf import code_image
from jumpslot_elf.privileged_list import PrivilegedList, read_list
from jumpslot_elf.problem import Problem

DIRTY = "function f\ncli\nret\nend_of f\ntable: .long -1\n"


def failure(*arguments):
    """The lines of a run that must fail, write nothing to stdout, and not crash."""
    result = find_privileged(*arguments)
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert lines and all(line.startswith("find-privileged: ") for line in lines)
    return [line.removeprefix("find-privileged: ") for line in lines]


@pytest.mark.parametrize("arguments, reason", [
    ([], "the following arguments are required: GUEST.elf"),
    (["a.elf", "--bad"], "unrecognized arguments: --bad"),
    (["a.elf", "--js"], "unrecognized arguments: --js"),
])
def test_wrong_usage_is_one_line_and_status_2(arguments, reason):
    assert failure(*arguments) == [f"{reason} (see find-privileged --help)"]


def test_help_and_version():
    result = find_privileged("--help")
    text = " ".join(result.stdout.split())
    assert result.returncode == 0
    for part in ("GUEST.elf", "--json write JSON", "--version print", "-h, --help print",
                 "Exit status: 0 if there is nothing to replace"):
        assert part in text
    version = (ROOT / "VERSION").read_text().strip()
    assert find_privileged("--version").stdout == f"find-privileged {version}\n"


def test_output_that_cannot_be_written_is_named(tools):
    guest = assemble(tools, "x86_64", "")
    with open("/dev/full", "wb") as full:
        result = subprocess.run([TOOL, guest], stdout=full, stderr=subprocess.PIPE,
                                text=True, check=False)
    assert result.returncode == 2
    assert result.stderr == "find-privileged: standard output: No space left on device\n"


def test_exit_status_says_whether_anything_is_left(tools):
    clean = assemble(tools, "x86_64", "", name="clean")
    dirty = assemble(tools, "i386", "function f\ncli\nret\nend_of f\n", name="dirty")
    unsearched = assemble(tools, "i386", "table: .long -1\n", name="unsearched")
    assert find_privileged(clean).returncode == 0
    assert find_privileged(clean, dirty).returncode == 1
    assert find_privileged(unsearched, clean).returncode == 1


def test_file_that_cannot_be_read_is_status_2_and_the_others_are_still_searched(tools):
    dirty = assemble(tools, "x86_64", "function f\ncli\nret\nend_of f\n", name="dirty")
    missing = tools.directory / "missing"
    result = find_privileged(missing, dirty)
    assert result.returncode == 2
    assert result.stderr == f"find-privileged: {missing}: No such file or directory\n"
    assert "<f+0x0>: cli: " in result.stdout


def test_json_has_the_documented_members(tools):
    guest = assemble(tools, "i386", ".type f, @function\nf: cli\nret\n.byte 0x0f, 4\n"
                                    ".size f, . - f\ntable: .long -1\n")
    symbols = run("nm", guest).stdout
    at = {name: int(re.search(f"([0-9a-f]+) t {name}", symbols)[1], 16)
          for name in ("f", "table")}
    lines = (tools.directory / "guest.s").read_text().splitlines()
    assert json.loads(find_privileged("--json", guest, guest).stdout) == {"guests": [{
        "file": str(guest), "machine": "i386", "bits": 32, "searched": 3,
        "findings": [{
            "address": f"0x{at['f']:x}", "symbol": "f", "offset": 0,
            "file": str(tools.directory / "guest.s"), "line": lines.index("f: cli") + 1,
            "instruction": "cli", "name": "cli", "category": "privileged",
            "instead": "use _CPU_Virtual_Interrupts_close() or _disable()"}],
        "not_searched": [
            {"address": f"0x{at['f'] + 2:x}", "symbol": "f", "offset": 2, "size": 2,
             "unknown": "0f 04"},
            {"address": f"0x{at['table']:x}", "symbol": "table", "offset": 0, "size": 4,
             "unknown": None}],
    }] * 2}


def test_files_that_are_no_guests_are_all_reported(tools):
    text = tools.write("text", "hello")
    empty = tools.write("empty", "")
    assembled = tools.compile(START + ENTRY)
    assert failure(text, empty, tools.directory, "/dev/null", assembled) == [
        f"{text}: not an ELF file", f"{empty}: an empty file",
        f"{tools.directory}: Is a directory", "/dev/null: not a regular file",
        f"{assembled}: ELF type ET_REL: not a linked image"]


def test_dynamic_files_are_refused(tools):
    source = tools.write("main.c", "int main(void) { return 0; }\n")
    program, library = tools.directory / "program", tools.directory / "library.so"
    run("gcc", source, "-o", program)
    run("gcc", "-shared", "-fPIC", "-Wl,--no-as-needed", source, "-o", library)
    assert failure(program, library) == [
        f"{program}: a dynamic program (PT_INTERP); link guests statically",
        f"{library}: needs a shared library (DT_NEEDED); link guests statically"]


def test_file_without_symbols_does_not_pass_as_clean(tools):
    guest = assemble(tools, "x86_64", "")
    run("strip", guest)
    assert failure(guest) == [
        f"{guest}: no symbols: the search starts at function symbols (link without -s, "
        "or search the image before it is stripped)"]


def program_header(path, flags):
    """The file offset of the header of the segment with such flags."""
    with open(path, "rb") as file:
        elf = ELFFile(file)
        index = next(i for i, each in enumerate(elf.iter_segments())
                     if each["p_type"] == "PT_LOAD" and each["p_flags"] == flags)
        return elf["e_phoff"] + index * elf["e_phentsize"], index


READ_EXECUTE = 5


@pytest.mark.parametrize("field, value, reason", [
    (4, 4, "no executable segment"),
    (8, 1 << 40, "truncated: segment {index} has 0x4 bytes at 0x10000000000, but the "
                 "file ends at 0x{size:x}"),
    (16, (1 << 64) - 2, "segment {index}: 0x4 bytes at address 0xfffffffffffffffe do not "
                        "lie below 0x10000000000000000"),
    (16, 0x700000, "the entry 0x401000 lies outside executable code"),
    (16, 0x400001, "the segments at 0x400000 and 0x400001 overlap"),
    (32, 1 << 60, "truncated: segment {index} has 0x1000000000000000 bytes at 0x1000, "
                  "but the file ends at 0x{size:x}"),
])
def test_segments_are_checked(tools, field, value, reason):
    guest = assemble(tools, "x86_64", "nop\nnop\nnop\n")
    at, index = program_header(guest, READ_EXECUTE)
    data = struct.pack("<I" if field == 4 else "<Q", value)
    bad = patched(guest, at + field, data)
    size = len(guest.read_bytes())
    assert failure(bad) == [f"{bad}: {reason.format(index=index, size=size)}"]


def test_too_much_code_is_refused(tools, monkeypatch):
    guest = assemble(tools, "x86_64", "nop\nnop\nnop\n")
    monkeypatch.setattr(code_image, "MAX_CODE", 3)
    with pytest.raises(Problem, match=r"0x4 bytes of code \(at most 0x3\)"):
        search(guest)


def symbols_patched(guest, field, size, value):
    """The guest with a field of all its symbols overwritten."""
    offset, _, length = section(guest, ".symtab")
    image = bytearray(guest.read_bytes())
    for at in range(offset, offset + length, 24):
        image[at + field:at + field + size] = value.to_bytes(size, "little")
    bad = guest.with_name("symbols.elf")
    bad.write_bytes(image)
    return bad


def test_symbols_of_huge_size_do_no_harm(tools):
    guest = assemble(tools, "x86_64", DIRTY)
    assert found(symbols_patched(guest, 16, 8, (1 << 64) - 1))[0] == ["cli"]
    assert found(symbols_patched(guest, 16, 8, 0))[0] == ["cli"]


def test_symbols_outside_the_segments_leave_all_code_not_searched(tools):
    guest = assemble(tools, "x86_64", DIRTY)
    result = search(symbols_patched(guest, 8, 8, 0x123456789000))
    assert [(each.size, each.symbol) for each in result.left_over] == [(7, None)]
    assert not result.findings


def test_names_of_symbols_may_be_nonsense(tools):
    guest = assemble(tools, "x86_64", DIRTY)
    assert found(symbols_patched(guest, 0, 4, 0xffffffff))[0] == ["cli"]
    offset, _, size = section(guest, ".strtab")
    at = guest.read_bytes().index(b"\0f\0", offset, offset + size) + 1
    assert "<?+0x0>: cli: " in find_privileged(patched(guest, at, b"\x1b")).stdout


def test_wild_link_to_names_is_refused(tools):
    guest = assemble(tools, "x86_64", DIRTY)
    at, _ = section_header(guest, ".symtab")
    bad = patched(guest, at + 40, struct.pack("<I", 77))
    line, = failure(bad)
    assert re.fullmatch(rf"{bad}: the symbols' names are in section 77 "
                        r"\(the file has \d+ sections\)", line)


@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_truncated_file_is_an_error_and_never_a_shorter_list(tools, arch):
    image = assemble(tools, arch, DIRTY).read_bytes()
    bad = tools.directory / "cut.elf"
    for cut in {*range(0, len(image), 61), *range(70), len(image) - 1}:
        assert outcome(bad, image[:cut], search) is None, cut


@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_no_corrupt_byte_of_headers_and_symbols_gives_a_crash(tools, arch, monkeypatch):
    monkeypatch.setattr("jumpslot_elf.privileged_search.source_lines",
                        lambda path, addresses: [None] * len(addresses))
    guest = assemble(tools, arch, DIRTY)
    image = guest.read_bytes()
    bad = tools.directory / "corrupt.elf"
    with open(guest, "rb") as file:
        elf = ELFFile(file)
        headers = elf["e_phoff"], elf["e_phnum"] * elf["e_phentsize"]
    ranges = [(0, 64), headers, section(guest, ".symtab")[::2],
              section(guest, ".text")[::2],
              (section_header(guest, ".symtab")[0], 64),
              (section_header(guest, ".text")[0], 64)]
    for start, size in ranges:
        for _, corrupt in itertools.islice(corruptions(image, start, size), 0, None, 3):
            outcome(bad, corrupt, search)


@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_random_code_gives_a_result(tools, arch, monkeypatch):
    monkeypatch.setattr("jumpslot_elf.privileged_search.source_lines",
                        lambda path, addresses: [None] * len(addresses))
    chance = random.Random(1)
    guest = assemble(tools, arch, "function f\n.space 4096\nend_of f\ng: .space 4096\n"
                                  ".data\nWORD f + 5, g, g + 1\n")
    offset, _, size = section(guest, ".text")
    image = guest.read_bytes()
    bad = tools.directory / "random.elf"
    for _ in range(40):
        noise = chance.randbytes(size)
        assert outcome(bad, image[:offset] + noise + image[offset + size:], search)


def test_damaged_debug_information_costs_lines_and_nothing_else(tools):
    guest = assemble(tools, "x86_64", DIRTY)
    offset, _, size = section(guest, ".debug_line")
    bad = patched(guest, offset, b"\xff" * size)
    result, = json.loads(find_privileged("--json", bad).stdout)["guests"]
    finding, = result["findings"]
    assert (finding["name"], finding["line"]) == ("cli", None)


LABELS = 20000
MANY = {
    "labels in a function, after unknown instructions":
        "function f\n" + "".join(f"l{i}: .byte 0xff, 0xff\n" for i in range(LABELS)) +
        "end_of f\n",
    "functions in each other":
        "".join(f"function f{i}\nnop\n" for i in range(LABELS)) +
        "".join(f"end_of f{i}\n" for i in range(LABELS)),
    "functions that start in an instruction of another one":
        "".join(f"function f{i}\n.byte 0xb8\n" for i in range(LABELS)) +
        "".join(f"end_of f{i}\n" for i in range(LABELS)),
    "labels that nothing declares":
        "".join(f"l{i}: inc %eax\n" for i in range(LABELS)),
    "objects in a function, over each other":
        "function f\nret\n" + "".join(
            f".type l{i}, @object\n.size l{i}, 100000\nl{i}: .byte 0xfa\n"
            for i in range(LABELS)) + "end_of f\n",
}


@pytest.mark.parametrize("name", MANY)
def test_many_symbols_do_not_make_it_hang(tools, name, monkeypatch):
    """A look from each symbol at each instruction would be hundreds of millions."""
    looks, find = itertools.count(), PrivilegedList.find

    def counted(self, code):
        assert next(looks) < 100 * LABELS
        return find(self, code)

    monkeypatch.setattr(PrivilegedList, "find", counted)
    assert found(assemble(tools, "x86_64", MANY[name]))[0] == []


@pytest.mark.parametrize("line, reason", [
    ("PLAIN(PRIVILEGED, 0xfa, 0, \"cli\")", r"4 arguments \(expected 5\)"),
    ("PLAIN(PRIVATE, 0xfa, 0, \"cli\", CLOSING)", "invalid argument"),
    ("PLAIN(PRIVILEGED, 0xfa, 0, \"cli\", CLOSED)", "invalid argument"),
    ("EXACT(PRIVILEGED, 0xfa, 9, 0, \"cli\", CLOSING)", "invalid argument"),
    ("OTHER(PRIVILEGED, 0xfa, 0, \"cli\", CLOSING)",
     r"not a macro of the list \(expected PLAIN"),
    ("PLAIN(PRIVILEGED", "malformed: "),
])
def test_malformed_list_is_refused(tools, line, reason):
    path = tools.write("bad.list", f'#define CLOSING "use it"\n{line}\n')
    with pytest.raises(Problem, match=reason) as raised:
        read_list(path)
    assert "\n" not in raised.value.reason
