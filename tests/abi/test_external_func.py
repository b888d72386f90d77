"""EXTERNAL_FUNC lines give the same tables with every compiler, linker and option.

One source, `WANTED`, is compiled by both compilers as C and C++, for both word sizes,
in both forms, at every optimization level, and linked by both linkers. Each test below
looks at all of these images.
"""

import itertools
import subprocess
from collections import namedtuple

import pytest
from conftest import ROOT, Toolbox, run
from guest_image import PAGE, WRITE, Image

CXX = {"gcc": "g++", "clang": "clang++"}
ARCHES = ("x86_64", "i386")
LINKERS = ("bfd", "lld")
STUB_FORM, INLINE_FORM = (), ("-DJUMPSLOT_INLINE_CALLS",)

# Flags for each level of optimization: each flag meets every compiler and word size.
LEVELS = {
    "-O0": ("-fno-pie", ["-fcf-protection=full"]),
    "-O1": ("pie", ["-fcf-protection=none"]),
    "-O2": ("-fno-pie", ["-fcf-protection=none", "-gz"]),
    "-O3": ("pie", ["-fcf-protection=full"]),
    "-Os": ("-fPIC", ["-fcf-protection=full", "-fno-plt"]),
}

WANTED = """
    #include <stddef.h>
    #include <jumpslot/external_func.h>
    #ifdef __cplusplus
    extern "C"
    #endif
    int untyped(int);
    EXTERNAL_FUNC(untyped)
    EXTERNAL_FUNC(int, empty)
    EXTERNAL_FUNC(int, abi)
    EXTERNAL_FUNC(void *, with_void, void)
    EXTERNAL_FUNC(size_t, two, const char *, long long)
    EXTERNAL_FUNC(int, sixteen, int, int, int, int, int, int, int, int,
                  int, int, int, int, int, int, int, double)
    EXTERNAL_FUNC_VARIADIC(int, variadic, const char *)
    EXTERNAL_FUNC_OPTIONAL(int, optional, short)
    EXTERNAL_FUNC_REGPARM3(int, regparm3, int, int, int)
    EXTERNAL_FUNC_FASTCALL(int, fastcall, int, int)
    EXTERNAL_FUNC_STDCALL(int, stdcall, int, int)
    struct nothing;
    EXTERNAL_FUNC(never_typed)
    EXTERNAL_FUNC(int, never, struct nothing *)
    EXTERNAL_FUNC_OPTIONAL(int, never_optional)
"""

CALLS = """
    #include "wanted.h"
    #ifdef __cplusplus
    extern "C"
    #endif
    int PART(void);
    int PART(void)
    {
        int sum = untyped(1) + empty() + abi() + (with_void() != NULL) + (int)two("", 2);
        sum += sixteen(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16.0);
        sum += variadic("", 1, 2.0) + regparm3(1, 2, 3) + fastcall(1, 2) + stdcall(1, 2);
        return external_available(optional) ? sum + optional(1) : sum;
    }
"""

# name: type on x86-64, type on i386, flags on i386
CALLED = {
    "untyped": (None, None, 0),
    "empty": ("i", "i", 0),
    "abi": ("i", "i", 0),
    "with_void": ("p", "p", 0),
    "two": ("mpl", "upl", 0),
    "sixteen": ("i" + 15 * "i" + "d", "i" + 15 * "i" + "d", 0),
    "variadic": ("ip.", "ip.", 2),
    "optional": ("ih", "ih", 1),
    "regparm3": ("iiii", "iiii", 0x10),
    "fastcall": ("iii", "iii", 0x20),
    "stdcall": ("iii", "iii", 0x30),
}
NEVER = ("never_typed", "never", "never_optional")
Cell = namedtuple("Cell", "arch cc standard form level")
CELLS = [Cell(*cell) for cell in itertools.product(
    ARCHES, CXX, ("c11", "c++17"), (STUB_FORM, INLINE_FORM), LEVELS)]


def part(cell):
    return "part%d" % CELLS.index(cell)


def is_pie(cell):
    return LEVELS[cell.level][0] == "pie" and cell.arch == "x86_64"


def link(tools, objects, arch, entry, **options):
    flags = ["-Wl,-e," + entry, "-Wl,--fatal-warnings", *options.pop("flags", ())]
    return Image(tools.link(*objects, arch=arch, flags=flags, **options))


@pytest.fixture(scope="module")
def tools(tmp_path_factory):
    tools = Toolbox(tmp_path_factory.mktemp("external_func"))
    tools.write("wanted.h", WANTED)
    return tools


@pytest.fixture(scope="module")
def objects(tools):
    """{cell: object file}"""
    sources = {"c11": tools.write("calls.c", CALLS),
               "c++17": tools.write("calls.cc", CALLS)}

    def compile_cell(cell):
        pic, flags = LEVELS[cell.level]
        # The compiler's frames go to .eh_frame, so .debug_frame has only those of stubs.
        return tools.compile(
            sources[cell.standard], "-Wpedantic", "-fasynchronous-unwind-tables", *flags,
            *cell.form, "-DPART=" + part(cell),
            arch=cell.arch, optimize=cell.level, name=part(cell), standard=cell.standard,
            cc=CXX[cell.cc] if "++" in cell.standard else cell.cc,
            pic=pic if pic != "pie" else "-fpie" if is_pie(cell) else "-fno-pie")

    return {cell: compile_cell(cell) for cell in CELLS}


@pytest.fixture(scope="module")
def images(tools, objects):
    """{(cell, linker): image}: each object by itself, linked as guests should be."""
    return {(cell, linker): link(
        tools, [objects[cell]], cell.arch, part(cell), linker=linker, pie=is_pie(cell),
        name=part(cell) + linker) for cell in CELLS for linker in LINKERS}


@pytest.fixture(scope="module")
def mixed(tools, objects):
    """{(arch, linker, pie): image}: all objects that go together, in one image."""
    def mix(arch, linker, pie):
        members = [cell for cell in CELLS if cell.arch == arch and (
            not pie or LEVELS[cell.level][0] != "-fno-pie")]
        return link(tools, [objects[cell] for cell in members], arch, part(members[0]),
                    linker=linker, pie=pie, name=f"mixed{linker}{pie}",
                    flags=["-Wl,-u," + part(cell) for cell in members])
    return {key: mix(*key) for key in [*itertools.product(ARCHES, LINKERS, [False]),
                                       *itertools.product(["x86_64"], LINKERS, [True])]}


@pytest.fixture(scope="module")
def plain(tools, objects):
    """{(arch, linker, gc, pie): image}: without the script; `gc`: with gc-sections."""
    def build(arch, linker, gc, pie):
        cell = Cell(arch, "gcc", "c11", STUB_FORM, "-O3" if pie else "-O2")
        return link(tools, [objects[cell]], arch, part(cell), linker=linker, gc=gc,
                    pie=pie, script=False, name=f"plain{linker}{gc}{pie}")
    return {key: build(*key) for key in [
        *itertools.product(ARCHES, LINKERS, [False, True], [False]),
        *itertools.product(["x86_64"], LINKERS, [False, True], [True])]}


@pytest.fixture(scope="module")
def every(images, mixed):
    """All images that were linked with the script and with gc-sections."""
    return {**images, **mixed}


def expected(arch, name):
    type64, type32, flags32 = CALLED[name]
    if arch == "i386":
        return type32, flags32
    return type64, flags32 & 0xf


def test_each_called_function_is_imported_once_with_its_type_and_flags(every):
    for key, image in every.items():
        arch = key[0].arch if isinstance(key[0], Cell) else key[0]
        found = {name: (entry.type, entry.flags) for name, entry in image.imports.items()}
        assert found == {name: expected(arch, name) for name in CALLED}, key


def test_a_function_that_is_never_called_leaves_nothing(every):
    for key, image in every.items():
        text = b"\0".join(image.data(name) for name in (".externals.str", ".strtab"))
        for name in NEVER:
            assert name.encode() not in text, (key, name)
        assert set(image.debug_externals()) == set(CALLED), key


def test_without_gc_sections_every_declared_function_is_imported(plain):
    for key, image in plain.items():
        gc = key[2]
        assert set(image.imports) == {*CALLED, *([] if gc else NEVER)}, key


def test_stub_and_inline_c_and_cxx_gcc_and_clang_share_one_slot(mixed):
    for key, image in mixed.items():
        assert len({entry.slot for entry in image.imports.values()}) == len(CALLED), key
        used = image.section(".externals.symtab")["sh_size"]
        assert used == 16 * len(CALLED), key


def test_a_slot_is_an_aligned_word_with_the_address_of_its_bind_part(every, plain):
    for key, image in {**every, **plain}.items():
        values = image.relocations() if image.position_independent else None
        for name, entry in image.imports.items():
            assert entry.slot % image.word == 0, (key, name)
            assert entry.slot == image.symbols["jumpslot.slot." + name], (key, name)
            start = values[entry.slot] if values else image.word_at(entry.slot)
            assert start == image.symbols["jumpslot.bind." + name], (key, name)


def test_the_slots_have_pages_of_their_own(every):
    for key, image in every.items():
        slots = image.section(".externals.jmptbl")
        start, end = slots["sh_addr"], slots["sh_addr"] + slots["sh_size"]
        assert start % PAGE == end % PAGE == 0, key
        assert image.segment_flags(start) == 6, key
        for other in image.allocated():
            if other.name != slots.name:
                assert (other["sh_addr"] >= end or
                        other["sh_addr"] + other["sh_size"] <= start), (key, other.name)


def test_without_the_script_the_slots_are_found_and_writable(plain):
    for key, image in plain.items():
        slots = image.section(".externals.jmptbl")
        assert slots["sh_flags"] & WRITE, key
        assert image.segment_flags(slots["sh_addr"]) == 6, key
        for entry in image.imports.values():
            assert 0 <= entry.slot - slots["sh_addr"] < slots["sh_size"], key
        assert image.note(".note.jumpslot")[0] == b"jumpslot\0", key


def test_the_table_is_read_only_and_needs_no_relocation(every, plain):
    for key, image in {**every, **plain}.items():
        for name in ".externals.symtab", ".externals.str":
            section = image.section(name)
            start, end = section["sh_addr"], section["sh_addr"] + section["sh_size"]
            assert not section["sh_flags"] & WRITE, (key, name)
            assert not image.segment_flags(start) & 2, (key, name)
            inside = [at for at in image.relocations() if start <= at < end]
            assert not inside, (key, name)


def test_the_note_has_version_and_resolver_pointer(every, plain):
    for key, image in {**every, **plain}.items():
        owner, kind, (version, offset), at = image.note(".note.jumpslot")
        assert (owner, kind, version) == (b"jumpslot\0", 1, 1), key
        assert at + offset == image.symbols["__external_resolver"], key
        slots = image.section(".externals.jmptbl")
        assert 0 <= at + offset - slots["sh_addr"] < slots["sh_size"], key
        assert not image.segment_flags(at) & 2, key


@pytest.mark.parametrize("arch,linker", itertools.product(ARCHES, LINKERS))
def test_a_guest_that_imports_nothing_keeps_the_note(tools, arch, linker):
    only = tools.compile('#include "wanted.h"\nint start(void);\n'
                         "int start(void) { return 0; }\n", arch=arch, name="nothing")
    image = link(tools, [only], arch, "start", linker=linker, name="nothing" + linker)
    assert image.imports == {}
    at, offset = image.note(".note.jumpslot")[3], image.note(".note.jumpslot")[2][1]
    assert at + offset == image.symbols["__external_resolver"]
    assert image.section(".externals.jmptbl")["sh_size"] == PAGE


def stub_codes(image, name):
    """The stub of docs/abi.md, with either jump that assemblers choose."""
    stub, bind, slot = (image.symbols[prefix + name] for prefix in
                        ("", "jumpslot.bind.", "jumpslot.slot."))
    entry, shared = image.imports[name].entry, image.symbols["__external_bind"]

    def relative(target, behind):
        return (target - behind & 0xffffffff).to_bytes(4, "little")

    def field(target, behind):
        return relative(target, 0 if image.word == 4 else behind)

    endbr = bytes.fromhex("f30f1efb" if image.word == 4 else "f30f1efa")
    jump = endbr + b"\xff\x25" + field(slot, stub + 10)
    assert bind == stub + 10
    if image.word == 4:
        hand = b"\x68" + field(entry, 0)
    else:
        hand = b"\x4c\x8d\x1d" + field(entry, bind + 11)
    call = b"\xe8" + relative(shared, bind + 4 + len(hand) + 5)
    code = jump + endbr + hand + call
    return (code + b"\xeb" + (-(len(code) + 2) & 0xff).to_bytes(1, "little"),
            code + b"\xe9" + (-(len(code) + 5) & 0xffffffff).to_bytes(4, "little"))


def has_stub(image, name):
    address = image.symbols[name]
    return any(image.bytes_at(address, len(code)) == code
               for code in stub_codes(image, name))


def test_the_stub_is_the_documented_code_of_32_bytes_per_import(every):
    for key, image in every.items():
        for name in CALLED:
            assert has_stub(image, name), (key, name)
        shared = image.symbols["__external_bind"]
        resolver = image.symbols["__external_resolver"]
        if image.word == 8:
            resolver = resolver - shared - 6 & 0xffffffff
        jump = b"\xff\x25" + resolver.to_bytes(4, "little")
        assert image.bytes_at(shared, 6) == jump, key
        for name in CALLED:
            assert all(len(code) <= 32 for code in stub_codes(image, name)), (key, name)
            assert image.symbols[name] % 16 == 0, (key, name)
            assert not image.segment_flags(image.symbols[name]) & 2, (key, name)


def test_a_debugger_finds_the_caller_at_every_instruction_of_a_stub(mixed):
    for key, image in mixed.items():
        frames, sp = image.frames(), 4 if image.word == 4 else 7
        stubs = {image.symbols[name] for name in [*CALLED, "__external_no_host"]}
        assert frames.keys() == stubs, key
        for name in CALLED:
            stub = image.symbols[name]
            rows = [(at - stub, register, offset)
                    for at, register, offset in frames[stub]]
            pushed = [(19, sp, 8), (24, sp, 4)]   # after push, after call
            assert rows == [(0, sp, image.word), *(pushed if image.word == 4 else [])], (
                key, name)


def test_readelf_decodes_the_frames_without_complaint(mixed):
    for key, image in mixed.items():
        result = run("readelf", "--debug-dump=frames", image.path)
        assert result.stderr == "" and result.stdout.count(" FDE ") >= len(CALLED), key


def test_place_and_prototype_are_recorded_for_messages(images):
    for key, image in images.items():
        place, prototype = image.debug_externals()["two"]
        assert place.rpartition(":")[0].endswith("wanted.h"), key
        assert prototype == "size_t two(const char *, long long)", key
        assert image.debug_externals()["variadic"][1] == "int variadic(const char *, ...)"
        assert image.debug_externals()["untyped"][1] == "", key


def test_the_functions_that_carried_types_are_not_in_the_image(every, plain):
    for key, image in every.items():
        assert image.section(".externals.types") is None, key
    for key, image in plain.items():
        gc = key[2]
        assert (image.section(".externals.types") is None) == gc, key


@pytest.mark.parametrize("arch,linker", itertools.product(ARCHES, LINKERS))
def test_the_script_drops_the_functions_that_carried_types(tools, objects, arch, linker):
    """Without gc-sections too."""
    cell = Cell(arch, "gcc", "c11", STUB_FORM, "-O0")
    image = link(tools, [objects[cell]], arch, part(cell), linker=linker, gc=False,
                 name="kept" + linker)
    assert set(image.imports) == {*CALLED, *NEVER}
    assert image.section(".externals.types") is None


@pytest.mark.parametrize("strip", ["strip", "llvm-strip"])
def test_a_stripped_image_keeps_everything_except_the_messages(mixed, strip):
    for key, image in mixed.items():
        stripped = image.path.with_suffix("." + strip)
        run(strip, image.path, "-o", stripped)
        after = Image(stripped)
        assert after.imports == image.imports, key
        assert after.note(".note.jumpslot") == image.note(".note.jumpslot"), key
        for name in ".externals.jmptbl", ".text":
            assert after.data(name) == image.data(name) != b"", (key, name)
        assert after.section(".debug_externals") is None, key
        assert after.section(".debug_frame") is None, key


@pytest.mark.parametrize("arch,linker", itertools.product(ARCHES, LINKERS))
def test_a_partial_link_changes_nothing(tools, objects, arch, linker):
    cells = [Cell(arch, "gcc", "c11", STUB_FORM, "-O2"),
             Cell(arch, "clang", "c++17", INLINE_FORM, "-O0")]
    joined = tools.directory / f"joined-{linker}-{arch}.o"
    run("gcc", "-m32" if arch == "i386" else "-m64", "-nostdlib", "-r",
        "-fuse-ld=" + linker, *[objects[cell] for cell in cells], "-o", joined)
    for final in LINKERS:
        image = link(tools, [joined], arch, part(cells[0]), linker=final,
                     name=f"joined{linker}{final}", flags=["-Wl,-u," + part(cells[1])])
        assert set(image.imports) == set(CALLED)
        assert image.section(".externals.jmptbl")["sh_addr"] % PAGE == 0


OWN = "int two(const char *a, long long b); int two(const char *a, long long b)\n" \
      "{ return a[b]; }\n"
OWN_INLINE = 'extern "C" inline int __attribute__((noinline)) empty() { return 7; }\n' \
             'extern "C" int own(); int own() { return empty(); }\n'


@pytest.mark.parametrize("arch,linker,form", itertools.product(
    ARCHES, LINKERS, [STUB_FORM, INLINE_FORM]))
def test_a_function_of_the_guest_with_an_imports_name_is_a_link_error(
        tools, objects, arch, linker, form):
    cell = Cell(arch, "gcc", "c11", form, "-O2")
    own = tools.compile(OWN, arch=arch, name="own")
    message = {"bfd": "multiple definition of `two'", "lld": "duplicate symbol: two"}
    for order in [own, objects[cell]], [objects[cell], own]:
        result = tools.link(*order, arch=arch, linker=linker, check=False,
                            flags=["-Wl,-e," + part(cell)])
        assert result.returncode == 1
        assert message[linker] in result.stderr


@pytest.mark.parametrize("arch,linker,cc", itertools.product(ARCHES, LINKERS, CXX))
def test_an_inline_function_with_an_imports_name_never_replaces_the_stub(
        tools, objects, arch, linker, cc):
    cell = Cell(arch, "gcc", "c11", STUB_FORM, "-O2")
    inline = tools.compile(OWN_INLINE, arch=arch, cc=CXX[cc], standard="c++17",
                           name="inline" + cc)
    strong = tools.compile("int empty(void); int empty(void) { return 3; }\n", arch=arch,
                           name="strong")
    for order in [inline, objects[cell]], [objects[cell], inline]:
        image = link(tools, order, arch, part(cell), linker=linker,
                     name="inline" + linker, flags=["-Wl,-u,own"])
        assert has_stub(image, "empty")
        refused = tools.link(*order, strong, arch=arch, linker=linker, check=False,
                             flags=["-Wl,-e," + part(cell), "-Wl,-u,own"])
        assert refused.returncode == 1 and "empty" in refused.stderr


@pytest.mark.parametrize("arch", ARCHES)
def test_a_guest_without_a_host_stops_at_external_no_host(tools, arch):
    guest = tools.guest(ROOT / "guests/hello/hello.c", arch=arch, name="hello")
    assert subprocess.run([guest], check=False).returncode == -4   # SIGILL
    result = run("gdb", "-nx", "-batch", "-ex", "run", "-ex", "bt", guest)
    frames = [line.split(" in ")[-1].split(" (")[0].split()[-1]
              for line in result.stdout.splitlines() if line.startswith("#")]
    assert frames == ["__external_no_host", "jumpslot.bind._BSP_Virtual_Console_write",
                      "_start"], result.stdout


@pytest.mark.parametrize("compiler,standard", [
    ("gcc", "c11"), ("clang", "c11"), ("g++", "c++17"), ("clang++", "c++17")])
def test_one_function_declared_twice_in_one_file_is_a_compile_error(
        tools, compiler, standard):
    result = tools.compile(
        "#include <jumpslot/external_func.h>\n"
        "EXTERNAL_FUNC(int, twice, int)\nEXTERNAL_FUNC(int, twice, int)\n",
        cc=compiler, standard=standard, name="twice", check=False)
    assert result.returncode == 1
    assert "redefinition of" in result.stderr
    assert "jumpslot_type_of_twice" in result.stderr


@pytest.mark.parametrize("compiler,standard", [
    ("gcc", "c11"), ("clang", "c11"), ("g++", "c++17"), ("clang++", "c++17")])
@pytest.mark.parametrize("form", ["", "_VARIADIC", "_OPTIONAL"])
def test_seventeen_parameters_are_a_compile_error(tools, compiler, standard, form):
    result = tools.compile(
        "#include <jumpslot/external_func.h>\n"
        f"EXTERNAL_FUNC{form}(int, many{', int' * 17})\n",
        cc=compiler, standard=standard, name="many", check=False)
    assert result.returncode == 1
    assert "EXTERNAL_FUNC: more than 16 parameters" in result.stderr
