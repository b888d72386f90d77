"""linkscripts/guest-<arch>.ld makes whole images of ordinary C and C++ code."""

import itertools
from collections import namedtuple

import pytest
from conftest import ROOT, Toolbox
from guest_image import PAGE, WRITE, Image

ARCHES = ("x86_64", "i386")
LINKERS = ("bfd", "lld")
CXX = {"gcc": "g++", "clang": "clang++"}

START = """
    #include <jumpslot/external_func.h>
    #include <jumpslot/entry.h>
    EXTERNAL_FUNC(int, wanted, int, char *)
    EXTERNAL_FUNC(int, unwanted)
    extern "C" {
    extern void (*__init_array_start[])(void);
    extern void (*__init_array_end[])(void);
    extern char _end[];
    int in_c(int);
    int __cxa_atexit(void (*)(void *), void *, void *) { return 0; }
    void *__dso_handle;
    }
    void operator delete(void *) noexcept {}
    void operator delete(void *, __SIZE_TYPE__) noexcept {}
    struct built {
        int a;
        built();
        virtual ~built();
        virtual int get() { return a; }
    };
    built::built() : a(wanted(1, _end)) {}
    built::~built() {}
    static built first __attribute__((init_priority(200)));
    static built second;

    JUMPSLOT_ENTRY(info)
    {
        (void)info;
        for (auto function = __init_array_start; function != __init_array_end; function++)
            (*function)();
        return first.get() + second.get() + in_c(3);
    }
"""
ORDINARY = """
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC(int, wanted, int, char *)
    __attribute__((__section__(".multiboot"), __used__)) static const unsigned boot = 1;
    static const char *const names[] = { "a", "bb", "ccc" };
    static const double numbers[] = { 3.14, 2.71 };
    static int zeroed[3000], counter;
    int common, data = 4;
    int in_c(int x);
    int in_c(int x)
    {
        zeroed[x] = ++counter + common;
        switch (x) {
        case 0: return 3;
        case 1: return zeroed[4];
        case 2: return data;
        case 3: return names[data][0];
        case 4: return 9;
        case 5: return (int)(numbers[data] * 2);
        default: return wanted(x, (char *)&zeroed[x]);
        }
    }
"""
Cell = namedtuple("Cell", "arch cc linker gc pic")
CELLS = [Cell(*cell) for cell in itertools.product(
    ARCHES, CXX, LINKERS, [False, True], ["-fno-pie", "-fPIC"])]


def script(arch):
    return ROOT / f"linkscripts/guest-{arch}.ld"


@pytest.fixture(scope="module")
def tools(tmp_path_factory):
    return Toolbox(tmp_path_factory.mktemp("scripts"))


@pytest.fixture(scope="module")
def objects(tools):
    """{(arch, cc, pic): objects}"""
    def build(arch, cc, pic):
        return [tools.compile(START, "-fno-rtti", "-fno-exceptions", arch=arch,
                              cc=CXX[cc], standard="c++17", pic=pic,
                              name="start" + cc + pic),
                tools.compile(ORDINARY, "-fcommon", "-fasynchronous-unwind-tables",
                              arch=arch, cc=cc, pic=pic, name="ordinary" + cc + pic)]
    return {(cell.arch, cell.cc, cell.pic): build(cell.arch, cell.cc, cell.pic)
            for cell in CELLS if cell.gc and cell.linker == "bfd"}


@pytest.fixture(scope="module")
def images(tools, objects):
    """{cell: image}. The linkers print no warning."""
    strict = {"bfd": "error", "lld": "warn"}
    return {cell: Image(tools.link(
        *objects[cell.arch, cell.cc, cell.pic], arch=cell.arch, linker=cell.linker,
        script=False, gc=cell.gc, name="-".join(map(str, cell)),
        flags=["-T", script(cell.arch), "-Wl,--fatal-warnings",
               "-Wl,--orphan-handling=" + strict[cell.linker]]))
            for cell in CELLS}


def test_the_scripts_of_the_architectures_differ_in_names_only():
    texts = [script(arch).read_text().replace("x86-64", "ARCH").replace("x86_64", "ARCH")
             .replace("i386", "ARCH").replace("elf64-ARCH", "ELF")
             .replace("elf32-ARCH", "ELF") for arch in ARCHES]
    assert texts[0] == texts[1]


def test_ordinary_code_leaves_no_section_without_a_place(images):
    assert set(images) == set(CELLS)    # linked with --orphan-handling=error


def test_page_zero_stays_unmapped(images):
    for cell, image in images.items():
        assert image.elf["e_type"] == "ET_EXEC", cell
        assert min(segment["p_vaddr"] for segment in image.segments()) == 0x100000, cell


def test_code_constants_and_data_are_segments_with_pages_of_their_own(images):
    for cell, image in images.items():
        segments = image.segments()
        assert [segment["p_flags"] for segment in segments] == [5, 4, 6], cell
        for segment in segments:
            assert segment["p_vaddr"] % PAGE == segment["p_offset"] % PAGE == 0, cell


def test_the_entry_is_start(images):
    for cell, image in images.items():
        assert image.elf["e_entry"] == image.symbols["_start"], cell
        assert image.segment_flags(image.elf["e_entry"]) == 5, cell


def test_constructors_are_listed_by_priority(images):
    for cell, image in images.items():
        start, end = (image.symbols["__init_array_" + which]
                      for which in ("start", "end"))
        assert (end - start) % image.word == 0 and end > start, cell
        for at in range(start, end, image.word):
            assert image.segment_flags(image.word_at(at)) == 5, cell
        for which in "preinit", "fini":
            assert image.symbols[f"__{which}_array_start"] == \
                image.symbols[f"__{which}_array_end"], cell


def test_end_is_after_everything(images):
    for cell, image in images.items():
        last = image.segments()[-1]
        assert image.symbols["_end"] == last["p_vaddr"] + last["p_memsz"], cell
        assert last["p_filesz"] < last["p_memsz"], cell


def test_a_boot_loaders_header_is_in_the_files_first_8_kib(images):
    for cell, image in images.items():
        assert 0 < image.section(".text")["sh_offset"] < 8192 - 32, cell
        assert image.section(".text").data()[:4] == b"\1\0\0\0", cell


def test_the_slots_have_pages_of_their_own(images):
    for cell, image in images.items():
        slots = image.section(".externals.jmptbl")
        start, end = slots["sh_addr"], slots["sh_addr"] + slots["sh_size"]
        assert start % PAGE == end % PAGE == 0, cell
        for other in image.allocated():
            assert other.name == slots.name or other["sh_addr"] >= end or \
                other["sh_addr"] + other["sh_size"] <= start, (cell, other.name)


def test_the_tables_are_whole_and_read_only(images):
    for cell, image in images.items():
        names = {"wanted"} if cell.gc else {"wanted", "unwanted"}
        assert set(image.imports) == names, cell
        assert set(image.debug_externals()) == names, cell
        for section in ".externals.symtab", ".externals.str", ".note.jumpslot":
            assert not image.section(section)["sh_flags"] & WRITE, (cell, section)
            assert image.segment_flags(image.section(section)["sh_addr"]) == 4, cell
        assert image.section(".externals.types") is None, cell
        at, offset = image.note(".note.jumpslot")[3], image.note(".note.jumpslot")[2][1]
        assert at + offset == image.symbols["__external_resolver"], cell


def test_notes_are_found_by_their_segment(images):
    for cell, image in images.items():
        notes = [segment for segment in image.elf.iter_segments()
                 if segment["p_type"] == "PT_NOTE"]
        assert len(notes) == 1, cell
        owners = {note["n_name"] for note in notes[0].iter_notes()}
        assert owners == {"GNU", "jumpslot"}, cell


@pytest.mark.parametrize("arch,linker", itertools.product(ARCHES, LINKERS))
def test_an_indirect_function_is_a_link_error(tools, arch, linker):
    """A host applies no relocation to a fixed image."""
    source = tools.compile("""
        static int one(void) { return 1; }
        static int (*choose(void))(void) { return one; }
        int chosen(void) __attribute__((__ifunc__("choose")));
        int _start(void);
        int _start(void) { return chosen(); }
        """, arch=arch, name="indirect")
    result = tools.link(source, arch=arch, linker=linker, script=False, check=False,
                        flags=["-T", script(arch)])
    assert result.returncode == 1
    assert "nothing relocates this image: no indirect functions" in result.stderr


@pytest.mark.parametrize("arch,linker", itertools.product(ARCHES, LINKERS))
def test_the_fragment_extends_the_guests_own_script(tools, objects, arch, linker):
    own = tools.write("own.ld", """
        ENTRY(_start)
        SECTIONS
        {
            . = 0x200000;
            .text : { *(.text .text.*) }
            . = ALIGN(0x1000);
            .rodata : { *(.rodata .rodata.*) }
            .eh_frame : { *(.eh_frame) }
            . = ALIGN(0x1000);
            .init_array : {
                __init_array_start = .;
                *(.init_array .init_array.*)
                __init_array_end = .;
            }
            .data : { *(.data .data.*) }
            .bss : { *(.bss .bss.* COMMON) }
            _end = .;
        }
        """)
    image = Image(tools.link(*objects[arch, "gcc", "-fno-pie"], arch=arch, linker=linker,
                             name="own" + linker, flags=["-T", own]))
    slots = image.section(".externals.jmptbl")
    assert slots["sh_addr"] % PAGE == slots["sh_size"] % PAGE == 0
    assert slots["sh_addr"] > 0x200000 and set(image.imports) == {"wanted"}
