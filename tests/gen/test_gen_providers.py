"""gen-func-list --provided-by: the provider's functions are left out, and must fit."""

import struct

import pytest

from conftest import BUILD, ROOT
from gen_tool import (
    ARCHES, GUEST, failure, names, patched, provider_of_add, records_source, section,
    strip, typed,
)


@pytest.mark.parametrize("linker", ["bfd", "lld"])
@pytest.mark.parametrize("arch", ARCHES)
def test_provided_functions_are_left_out_but_declared_ones_are_not(tools, arch, linker):
    guest = tools.guest(GUEST, arch=arch)
    library = provider_of_add(tools, arch=arch, linker=linker)
    for file in library, strip(library):
        text = tools.gen_func_list(guest, "--provided-by", file).stdout
        assert names(text) == ["fast", "log_line", "plain", "plot"]


def test_runner_takes_the_built_in_services_off(tools):
    guest = tools.guest(ROOT / "guests/hello/hello.c")
    runner = BUILD / "bin/jumpslot-runner-x86_64"
    result = tools.gen_func_list(guest, "--provided-by", runner)
    assert names(result.stdout) == []
    assert f" *   {guest.name}: build-id" in result.stdout
    assert result.stderr == \
        "gen-func-list: all functions are provided: the list is empty\n"


def test_several_providers_add_up(tools):
    guest = typed(tools, "EXTERNAL_FUNC(int, add, int, int)\nEXTERNAL_FUNC(one)\n"
                  "EXTERNAL_FUNC(two)", "guest")
    add = provider_of_add(tools)
    one = tools.provider("#include <jumpslot/provider.h>\nEF(one)\nint one(void);\n"
                         "int one(void) { return 1; }\n", name="one")
    result = tools.gen_func_list(guest, "--provided-by", add, "--provided-by", one)
    assert names(result.stdout) == ["two"]


def test_type_mismatch_with_a_provider_names_both(tools):
    guest = tools.guest(GUEST)
    library = provider_of_add(tools, "EXTERNAL_FUNC(long, add, long, long)",
                              definition="long add(long a, long b) { return a + b; }")
    assert failure(tools, guest, "--provided-by", library) == [
        f"{guest}: add has type 'iii', int add(int, int) here, but 'lll' in {library}"]


def test_provider_without_types_provides_its_functions(tools):
    guest = tools.guest(GUEST)
    library = provider_of_add(tools, "int add(int, int);")
    assert "add" not in names(tools.gen_func_list(guest, "--provided-by", library).stdout)


def test_provider_serves_guests_of_its_machine_only(tools):
    guests = [tools.guest(GUEST, arch=arch) for arch in ARCHES]
    libraries = [provider_of_add(tools, arch=arch) for arch in ARCHES]
    assert failure(tools, guests[1], "--provided-by", libraries[0]) == [
        f"{libraries[0]}: a provider for x86_64, but the guests are for i386"]
    one = tools.gen_func_list(*guests, "--provided-by", libraries[0]).stdout
    assert "add" in names(one)
    both = tools.gen_func_list(*guests, "--provided-by", libraries[0],
                               "--provided-by", libraries[1]).stdout
    assert "add" not in names(both)


def test_longer_records_of_a_later_provider_are_read(tools):
    guest = typed(tools, "EXTERNAL_FUNC(int, add, int, int)\nEXTERNAL_FUNC(one)", "guest")
    library = tools.provider(records_source(32))
    assert names(tools.gen_func_list(guest, "--provided-by", library).stdout) == []


@pytest.mark.parametrize("options, reason", [
    (dict(version=2), "ABI version 2: this gen-func-list knows version 1"),
    (dict(size=16), "records of 16 bytes in a table of 48"),
    (dict(extra=".long 0"), "records of 24 bytes in a table of 52"),
    (dict(name="a b"),
     "record 0: its name is not a symbol (expected letters, digits and _.$)"),
    (dict(type_="iv"), "record 0 (add): its type is not a type string"),
    (dict(name="one"), None),
    (dict(flags=4), "record 0 (add): flags 0x4 are not all known (0xf3; "
                    "conventions 0 to 0x30)"),
    (dict(carry=0x13, stack=24), None),
    (dict(carry=0x20), "record 0 (add): carry 0x20 is not known"),
    (dict(carry=4), "record 0 (add): carry 0x4 is not known"),
    (dict(carry=1, stack=8), "record 0 (add): carry 0x1 with 8 stack bytes: a multiple "
                             "of 8 up to 65536, with 0x10"),
    (dict(carry=0x10, stack=65544), "record 0 (add): carry 0x10 with 65544 stack bytes: "
                                    "a multiple of 8 up to 65536, with 0x10"),
    (dict(carry=0x10, stack=12), "record 0 (add): carry 0x10 with 12 stack bytes: a "
                                 "multiple of 8 up to 65536, with 0x10"),
    (dict(extra=".long o - ., 0, add + 1 - ., 0, 0, 0"),
     "one is defined twice, at different addresses"),
    (dict(extra=".long n - ., t + 1 - ., 0, 0, 0, 0"),
     "add is declared as 'iii' and as 'ii'"),
    (dict(flags=2), "record 0 (add): type 'iii' and flags 0x2 do not agree on variadic"),
    (dict(type_="ip."),
     "record 0 (add): type 'ip.' and flags 0x0 do not agree on variadic"),
    (dict(type_="iS16.3"), "record 0 (add): its type is not a type string"),
    (dict(flags=0x20), "record 0 (add): flags 0x20 state an i386 calling convention"),
    (dict(extra=".long o - ., 0, 0, 2, 0, 0"),
     "record 2 (one): flags 0x2 without a type"),
    (dict(carry=1, extra=".long n - ., 0, 0, 0, 2, 0"),
     "add is declared gated and direct"),
    (dict(carry=0x10, stack=8, extra=".long n - ., 0, 0, 0, 0x10, 16"),
     "add is declared with 8 and with 16 stack bytes"),
    (dict(carry=2, extra=".long n - ., 0, 0, 0, 0x10, 8"),
     "add is declared direct and with 8 stack bytes, which only a gate copies"),
])
def test_malformed_provider_tables_are_refused(tools, options, reason):
    guest = tools.guest(GUEST)
    library = tools.provider(records_source(**{"size": 24, **options}))
    if reason:
        assert failure(tools, guest, "--provided-by", library) == [f"{library}: {reason}"]
    else:
        assert names(tools.gen_func_list(guest, "--provided-by", library).stdout)


def test_function_outside_of_code_is_refused(tools):
    library = tools.provider(records_source(24, extra=".long o - ., 0, n - ., 0, 0, 0"))
    _, address, _ = section(library, ".jumpslot.strings")
    assert failure(tools, tools.guest(GUEST), "--provided-by", library) == [
        f"{library}: record 2 (one): 0x{address:x} is not in executable code"]


def test_provider_strings_are_checked_against_their_section(tools):
    guest = tools.guest(GUEST)
    library = provider_of_add(tools)
    offset, address, _ = section(library, ".jumpslot.provided")
    _, strings, size = section(library, ".jumpslot.strings")
    for field, what in (0, "name"), (4, "type"):
        bad = patched(library, offset + field, struct.pack("<i", 0x7000))
        assert failure(tools, guest, "--provided-by", bad) == [
            f"{bad}: record 0: its {what} at 0x{address + field + 0x7000:x} lies outside "
            f"section .jumpslot.strings (0x{size:x} bytes at 0x{strings:x})"]


def test_library_without_a_table_is_refused(tools):
    guest = tools.guest(GUEST)
    library = tools.provider("int f(void);\nint f(void) { return 0; }\n")
    assert failure(tools, guest, "--provided-by", library) == [
        f"{library}: no table of a provider: include <jumpslot/provider.h> and "
        "\"func_list.h\""]
