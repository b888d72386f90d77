"""Every compiler writes the same type string for the same declaration.

docs/abi.md, "Type strings", has the grammar that the expected strings come from.
"""

import itertools
import re

import pytest
from conftest import ROOT, Toolbox
from guest_image import Image

ARCHES = ("x86_64", "i386")
COMPILERS = [("gcc", "c11"), ("clang", "c11"), ("g++", "c++17"), ("clang++", "c++17")]

TYPES = """
    #include <stdbool.h>
    #include <stddef.h>
    #include <stdint.h>
    #include <jumpslot/external_func.h>
    enum plain { ZERO, ONE };
    enum negative { MINUS = -1, PLUS };
    enum __attribute__((__packed__)) small { SMALL };
    enum __attribute__((__packed__)) small_negative { SMALL_MINUS = -1 };
    struct pair { short a; char b; };
    struct nested { struct pair pair; double d; };
    struct five { char bytes[5]; };
    struct __attribute__((__packed__)) packed { char a; int b; };
    struct bits { unsigned a : 3, b : 9; };
    struct __attribute__((__aligned__(64))) aligned { int a; };
    struct constants { const int a[3]; };
    struct big { char bytes[65536]; };
    struct biggest { char bytes[0x7ffff]; };
    struct incomplete;
    union either { char a; float b; char c[12]; };
    typedef int function(int);
    typedef int (*pointer)(int);
    typedef const char *const names[4];
    typedef float v8 __attribute__((__vector_size__(8)));
    typedef int v16 __attribute__((__vector_size__(16)));
    typedef double v32 __attribute__((__vector_size__(32)));
    typedef char v64 __attribute__((__vector_size__(64)));
    __extension__ typedef struct { } empty;
"""

# A type, and its string on x86-64 and, where that differs, on i386.
PARAMETERS = [
    ("bool", "B"), ("char", "b"), ("signed char", "b"), ("unsigned char", "c"),
    ("short", "h"), ("unsigned short", "t"), ("int", "i"), ("unsigned", "u"),
    ("long", "l", "i"), ("unsigned long", "m", "u"), ("long long", "l"),
    ("unsigned long long", "m"), ("size_t", "m", "u"), ("ptrdiff_t", "l", "i"),
    ("intptr_t", "l", "i"), ("wchar_t", "i"), ("int8_t", "b"), ("uint8_t", "c"),
    ("int16_t", "h"), ("uint16_t", "t"), ("int32_t", "i"), ("uint32_t", "u"),
    ("int64_t", "l"), ("uint64_t", "m"), ("float", "f"), ("double", "d"),
    ("long double", "D"),
    ("enum plain", "u"), ("enum negative", "i"), ("enum small", "c"),
    ("enum small_negative", "b"),
    ("void *", "p"), ("const char *", "p"), ("struct incomplete *", "p"),
    ("void (*)(int, ...)", "p"), ("pointer", "p"), ("function *", "p"), ("int **", "p"),
    ("char *[]", "p"), ("int[3]", "p"), ("int[][3]", "p"), ("const char *const[]", "p"),
    ("const double[2]", "p"), ("names", "p"), ("int (*)[3]", "p"),
    ("struct pair[2]", "p"),
    ("const int", "i"), ("volatile char", "b"), ("const volatile bool", "B"),
    ("int *const", "p"), ("const enum negative", "i"), ("const struct pair", "S4.2"),
    ("struct pair", "S4.2"), ("struct nested", "S16.8", "S12.4"),
    ("struct five", "S5.1"), ("struct packed", "S5.1"), ("struct bits", "S4.4"),
    ("struct aligned", "S64.64"), ("struct constants", "S12.4"),
    ("struct big", "S65536.1"), ("struct biggest", "S524287.1"),
    ("union either", "S12.4"),
    ("v8", "V8"), ("v16", "V16"), ("v32", "V32"), ("v64", "V64"), ("const v16", "V16"),
]
ONLY_C = [("_Bool", "B"), ("empty", "S0.1"), ("int *restrict", "p")]
ONLY_CXX = [
    ("int &", "p"), ("const struct pair &", "p"), ("int &&", "p"), ("int (&)[3]", "p"),
    ("decltype(nullptr)", "p"), ("char16_t", "t"), ("char32_t", "u"), ("empty", "S1.1"),
    ("const wchar_t", "i"), ("scoped", "h"), ("struct derived", "S8.4"),
    ("function &", "p"), ("struct incomplete &", "p"),
]
CXX_TYPES = """
    enum class scoped : short { A };
    struct derived : pair { int c; };
"""
WIDE = [("__int128", "q"), ("unsigned __int128", "Q"), ("const __int128", "q")]


def parameters(standard, arch):
    more = ONLY_CXX if "++" in standard else ONLY_C
    return PARAMETERS + more + (WIDE if arch == "x86_64" else [])


def as_result(parameter):
    """Types of results: no arrays, and no qualifiers, of which compilers warn."""
    return not any(word in parameter for word in (
        "[", "const ", "volatile", "names", "*const", "restrict", "(", "&"))


def declarations(standard, arch):
    lines = [TYPES, CXX_TYPES if "++" in standard else ""]
    for index, (parameter, *_) in enumerate(parameters(standard, arch)):
        wide = "__extension__ " if "__int128" in parameter else ""
        lines.append(f"{wide}EXTERNAL_FUNC(void, take{index}, {parameter})")
        if as_result(parameter):
            lines.append(f"{wide}EXTERNAL_FUNC({parameter}, give{index})")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def tools(tmp_path_factory):
    return Toolbox(tmp_path_factory.mktemp("types"))


@pytest.mark.parametrize("arch,compiler,form", itertools.product(
    ARCHES, COMPILERS, [(), ("-DJUMPSLOT_INLINE_CALLS",)]))
def test_each_type_has_its_string(tools, arch, compiler, form):
    cc, standard = compiler
    made = tools.compile(declarations(standard, arch), "-Wno-psabi", "-mavx512f",
                         "-Wno-return-type-c-linkage", *form, arch=arch, cc=cc,
                         standard=standard, name="types", optimize="-O1")
    image = Image(tools.link(made, arch=arch, gc=False, flags=["-Wl,-e,take0"]))
    for index, (parameter, *strings) in enumerate(parameters(standard, arch)):
        expected = strings[0 if arch == "x86_64" else -1]
        assert image.imports[f"take{index}"].type == "v" + expected, parameter
        if as_result(parameter):
            assert image.imports[f"give{index}"].type == expected, parameter


@pytest.mark.parametrize("arch,compiler", itertools.product(ARCHES, COMPILERS))
def test_parameters_follow_the_result(tools, arch, compiler):
    cc, standard = compiler
    made = tools.compile(TYPES + """
        EXTERNAL_FUNC(void, none)
        EXTERNAL_FUNC(void, none_said, void)
        EXTERNAL_FUNC(struct pair, mixed, int, struct five, v16, double, char *)
        EXTERNAL_FUNC_VARIADIC(int, print, int, const char *)
        EXTERNAL_FUNC_VARIADIC(void, all, bool)
        """, arch=arch, cc=cc, standard=standard, name="rows")
    image = Image(tools.link(made, arch=arch, gc=False, flags=["-Wl,-e,none"]))
    assert {name: entry.type for name, entry in image.imports.items()} == {
        "none": "v", "none_said": "v", "mixed": "S4.2iS5.1V16dp", "print": "iip.",
        "all": "vB."}


@pytest.mark.parametrize("arch", ARCHES)
def test_the_documented_examples_are_right(tools, arch):
    text = (ROOT / "docs/abi.md").read_text()
    rows = re.findall(r"^\| `(EXTERNAL_FUNC\w*\(\w+(?: \w+)?, (\w+).*?\))`.*?"
                      r"\| `(\S+)` \| `(\S+)` \|$", text, re.M)
    made = tools.compile("#include <stddef.h>\n#include <sys/types.h>\n"
                         "struct pair { double a, b; };\n"
                         "#include <jumpslot/external_func.h>\n" +
                         "".join(row[0] + "\n" for row in rows),
                         "-fno-builtin", "-idirafter", "/usr/include/x86_64-linux-gnu",
                         arch=arch, name="examples")
    image = Image(tools.link(made, arch=arch, gc=False, flags=["-Wl,-e,tick"]))
    assert len(rows) >= 5
    for _, name, *strings in rows:
        assert image.imports[name].type == strings[ARCHES.index(arch)], name


REFUSED = "EXTERNAL_FUNC: a type that cannot be passed to a host"
TOO_LARGE = "EXTERNAL_FUNC: a struct too large to pass by value"


@pytest.mark.parametrize("arch,compiler,kind", itertools.product(ARCHES, COMPILERS, [
    ("_Complex float", REFUSED), ("_Complex double", REFUSED), ("_Complex int", REFUSED),
    ("__float128", REFUSED), ("struct { char bytes[0x80000]; }", TOO_LARGE)]))
def test_a_type_that_has_no_string_is_a_compile_error(tools, arch, compiler, kind):
    cc, standard = compiler
    for declaration in "EXTERNAL_FUNC(int, f, bad)", "EXTERNAL_FUNC(bad, f)":
        result = tools.compile(
            f"#include <jumpslot/external_func.h>\n__extension__ typedef {kind[0]} bad;\n"
            f"{declaration}\n", arch=arch, cc=cc, standard=standard, name="bad",
            check=False)
        assert result.returncode == 1
        assert kind[1] in result.stderr


@pytest.mark.parametrize("compiler", ["g++", "clang++"])
@pytest.mark.parametrize("kind", ["copied", "int copied::*"])
def test_a_class_that_c_cannot_copy_is_a_compile_error(tools, compiler, kind):
    result = tools.compile(
        "#include <jumpslot/external_func.h>\n"
        "struct copied { copied(const copied &); int a; };\n"
        f"EXTERNAL_FUNC(int, f, {kind})\n", cc=compiler, standard="c++17", name="bad",
        check=False)
    assert result.returncode == 1
    assert REFUSED in result.stderr
