"""gen-func-list --skeleton: one call writes a provider that compiles as it is."""

import re

import pytest

from conftest import BUILD, ROOT
from gen_tool import (
    ARCHES, COMPILERS, GUEST, TYPES, assembled, build_skeleton, debug_record,
    provider_of_add, strip,
)
from jumpslot_elf.guest import read_guest
from jumpslot_elf.provider import read_provider
from jumpslot_elf.services import is_service


@pytest.mark.parametrize("stripped", [False, True])
@pytest.mark.parametrize("cc", COMPILERS)
@pytest.mark.parametrize("arch", ARCHES)
def test_skeleton_compiles_and_provides_all_names_and_types(tools, arch, cc, stripped):
    guest = tools.guest(TYPES, "-msse2", "-Wno-psabi", arch=arch, gc=False)
    guest = strip(guest) if stripped else guest
    library = build_skeleton(tools, guest, "-msse2", arch=arch, cc=cc)
    provided = read_provider(library).functions
    imports = {each.name: each for each in read_guest(guest).imports}
    assert len(imports) == 22
    assert {name: each.signature for name, each in provided.items()} == \
        {name: each.signature for name, each in imports.items()}


def test_skeleton_keeps_what_the_guest_wrote_where_it_can(tools):
    text = tools.gen_func_list(tools.guest(TYPES, gc=False), "--skeleton").stdout
    assert "\nunsigned small(int8_t arg0, uint8_t arg1, int16_t arg2, " in text
    assert "\nvoid *pointers(const char *arg0, char *const *arg1, " in text
    assert "\nstruct pair *records(const struct pair *arg0, union number *arg1, " \
        "void *arg2)\n{" in text
    assert "\nstruct pair;\n" in text and "\nunion number;\n" in text
    assert "\nint callbacks(void *arg0, void *arg1)\n{" in text
    assert "\nuint32_t names(uint32_t arg0, uint32_t arg1, void *arg2)\n{" in text
    assert "\nint formatted(const char *arg0, int arg1, ...)\n{" in text
    assert "\nEXTERNAL_FUNC_VARIADIC(int, formatted, const char *, int)\n" in text


def test_skeleton_names_the_place_of_the_types_it_replaces(tools):
    text = tools.gen_func_list(tools.guest(TYPES, gc=False), "--skeleton").stdout
    prototype = re.escape("int callbacks(void (*)(int, int), int (*)(void))")
    assert re.search(rf" \* TODO: {prototype}\n.*\n"
                     r" \* #include its header and use them \(see .*\.c:\d+\)\.\n \*/\n"
                     r"int callbacks\(", text)
    assert "/* TODO: the guest does not record its type. */\n" \
        "/* Runs on the guest's stack, unless you state " in text
    assert ": JUMPSLOT_STACK_BYTES(untyped, 64) */\nvoid untyped(void)\n" in text
    assert ": JUMPSLOT_STACK_BYTES(formatted, 64) */\nint formatted(" in text
    assert "JUMPSLOT_STACK_BYTES(small" not in text


def test_skeleton_leaves_out_what_is_provided(tools):
    guest = tools.guest(GUEST)
    library = provider_of_add(tools)
    text = tools.gen_func_list(guest, "--skeleton", "--provided-by", library).stdout
    assert "log_line(" in text and "add(" not in text


SERVICES = """
    #include <jumpslot/arguments.h>
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    EXTERNAL_FUNC(int, sensor, int)
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            _BSP_Virtual_Console_write("x", 1);
            return sensor(jumpslot_argument_count());
    }
    """


def test_skeleton_warns_that_it_replaces_built_in_services(tools):
    guest = tools.guest(SERVICES)
    result = tools.gen_func_list(guest, "--skeleton")
    assert result.stderr == (
        "gen-func-list: warning: the skeleton replaces built-in services: "
        "_BSP_Virtual_Console_write, jumpslot_argument_count "
        "(expected --provided-by RUNNER)\n")
    runner = BUILD / "bin/jumpslot-runner-x86_64"
    result = tools.gen_func_list(guest, "--skeleton", "--provided-by", runner)
    assert result.stderr == "" and "EF(sensor)" in result.stdout
    assert "Console_write" not in result.stdout


def test_every_built_in_service_is_known_by_its_name():
    services = (ROOT / "host-wrapper/runner/services.def").read_text()
    names = re.findall(r"^SERVICE\((\w+)\)$", services, re.MULTILINE)
    assert len(names) > 20 and all(map(is_service, names)), names


def test_skeleton_leaves_names_that_c_does_not_have_to_assembly(tools):
    guest = assembled(tools, [("a.b", "iii"), ("while", "v"), ("dots", "i."),
                              ("ok", "v")])
    text = tools.gen_func_list(guest, "--skeleton").stdout
    for name in "a.b", "while", "dots":
        assert f"/* TODO: {name} cannot be defined in C: write it in assembly, " in text
    assert "void ok(void)\n" in text
    assert "and add EF(a.b). */" in text and "\nEF(ok)\n" in text
    tools.provider(tools.write("odd.c", text))


def test_prototype_that_lies_does_not_reach_the_code(tools):
    guest = debug_record(tools.guest(GUEST), b"add", b"long add(int, evil(); int)")
    text = tools.gen_func_list(guest, "--skeleton").stdout
    assert "\nint32_t add(int arg0, int32_t arg1)\n" in text
    assert text.count("evil") == 1
