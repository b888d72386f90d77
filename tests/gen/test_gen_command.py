"""gen-func-list: output, command line, and the constants it shares with the header."""

import inspect
import os
import re
import struct
import subprocess
from io import BytesIO

import pytest
from elftools.elf.elffile import ELFFile

from conftest import MACHINE, ROOT, run
from gen_tool import GUEST, TOOL, failure, provider_of_add
from jumpslot_elf import abi


def test_output_file_is_replaced_in_one_step(tools):
    guest = tools.guest(GUEST)
    target = tools.write("func_list.h", "old")
    link = tools.directory / "link.h"
    link.symlink_to(target)
    result = tools.gen_func_list(guest, "-o", link)
    assert result.stdout == "" and result.stderr == ""
    assert target.read_text() == tools.gen_func_list(guest).stdout
    assert link.is_symlink()
    assert not [each for each in tools.directory.iterdir() if "tmp" in each.name]


def test_output_file_is_untouched_after_an_error(tools):
    guest, target = tools.write("guest", "no"), tools.write("func_list.h", "old")
    failure(tools, guest, "-o", target)
    assert target.read_text() == "old"


def test_output_file_gets_the_usual_permissions(tools):
    target = tools.directory / "func_list.h"
    tools.gen_func_list(tools.guest(GUEST), "-o", target)
    plain = tools.write("plain", "")
    assert target.stat().st_mode == plain.stat().st_mode


def test_output_that_cannot_be_written_is_named(tools):
    guest = tools.guest(GUEST)
    target = tools.directory / "missing/func_list.h"
    assert failure(tools, guest, "-o", target) == [f"{target}: No such file or directory"]
    assert failure(tools, guest, "-o", tools.directory) == [
        f"{tools.directory}: Is a directory"]
    assert failure(tools, guest, "-o", "/dev/full") == [
        "/dev/full: No space left on device"]
    with open("/dev/full", "wb") as full:
        result = subprocess.run([TOOL, guest], stdout=full, stderr=subprocess.PIPE,
                                text=True, check=False)
    assert result.returncode == 1
    assert result.stderr == "gen-func-list: standard output: No space left on device\n"


def test_input_is_never_replaced(tools):
    guest = tools.guest(GUEST)
    image = guest.read_bytes()
    assert failure(tools, guest, "-o", guest) == [
        f"{guest}: is an input as well (expected another file for -o)"]
    assert guest.read_bytes() == image


def test_device_is_written_to_and_not_replaced(tools):
    tools.gen_func_list(tools.guest(GUEST), "-o", "/dev/null")
    assert not os.path.isfile("/dev/null")


@pytest.mark.parametrize("arguments, reason", [
    ([], "the following arguments are required: GUEST.elf"),
    (["a.elf", "--json", "--skeleton"],
     "argument --skeleton: not allowed with argument --json"),
    (["a.elf", "--bad"], "unrecognized arguments: --bad"),
    (["a.elf", "-o"], "argument -o: expected one argument"),
])
def test_wrong_usage_is_one_line_and_status_2(tools, arguments, reason):
    assert failure(tools, *arguments, status=2) == [
        f"{reason} (see gen-func-list --help)"]


def test_help_and_version(tools):
    text = " ".join(tools.gen_func_list("--help").stdout.split())
    for option in ("-o FILE write", "--json write", "--skeleton write a provider's",
                   "needs no func_list.h", "--provided-by FILE leave", "--version print",
                   "-h, --help print", "Exit status: 0, or 1 after a problem"):
        assert option in text
    assert re.fullmatch(r"gen-func-list \d+\.\d+\.\d+, ABI 1\n",
                        tools.gen_func_list("--version").stdout)


def test_constants_are_those_of_external_abi(tools):
    own = {"SECTION_PROVIDER_STRINGS", "CONVENTIONS", "IMPORT_FORMAT", "IMPORT_SIZE",
           "PROVIDED_FORMAT", "PROVIDED_SIZE", "GUEST_NOTE_FORMAT",
           "PROVIDER_NOTE_FORMAT", "STATED_FORMAT", "STATED_SIZE", "RULE_FORMAT",
           "RULE_SIZE"}
    values = {name: value for name, value in inspect.getmembers(abi)
              if name.isupper() and name not in own}
    lines = [f'printf("{name}={"%s" if isinstance(value, str) else "%d"}\\n", '
             f"JUMPSLOT_{name});" for name, value in values.items()]
    lines += [f'printf("{name}=%d\\n", (int)sizeof(struct {name}));' for name in (
        "jumpslot_import", "jumpslot_provided", "jumpslot_note_desc",
        "jumpslot_provider_note_desc", "jumpslot_stated", "jumpslot_rule")]
    source = tools.write("constants.c", "#include <stdio.h>\n"
                         "#include <jumpslot/external_abi.h>\nint main(void)\n{\n"
                         + "\n".join(lines) + "\nreturn 0;\n}\n")
    program = tools.directory / "constants"
    run("gcc", MACHINE["x86_64"], "-I", ROOT / "guest-macros", source, "-o", program)
    said = dict(line.split("=") for line in run(program).stdout.splitlines())
    for name, size, layout in [
            ("jumpslot_import", abi.IMPORT_SIZE, abi.IMPORT_FORMAT),
            ("jumpslot_provided", abi.PROVIDED_SIZE, abi.PROVIDED_FORMAT),
            ("jumpslot_stated", abi.STATED_SIZE, abi.STATED_FORMAT),
            ("jumpslot_rule", abi.RULE_SIZE, abi.RULE_FORMAT)]:
        assert said.pop(name) == str(size) == str(struct.calcsize(layout))
    assert said.pop("jumpslot_note_desc") == str(struct.calcsize(abi.GUEST_NOTE_FORMAT))
    assert said.pop("jumpslot_provider_note_desc") == \
        str(struct.calcsize(abi.PROVIDER_NOTE_FORMAT))
    assert said == {name: str(value) for name, value in values.items()}


def test_strings_section_of_providers_has_the_name_that_is_read(tools):
    library = provider_of_add(tools)
    elf = ELFFile(BytesIO(library.read_bytes()))
    assert elf.get_section_by_name(abi.SECTION_PROVIDER_STRINGS)
