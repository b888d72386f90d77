"""Shared by the tests of gen-func-list: guests, providers, and ways to damage them."""

import re
import sys

from elftools.elf.elffile import ELFFile

from conftest import ROOT, run

sys.path.insert(0, str(ROOT / "gen"))
from jumpslot_elf.guest import read_guest  # noqa: E402
from jumpslot_elf.problem import Problem  # noqa: E402

TOOL = ROOT / "gen/gen-func-list"

ARCHES = ["x86_64", "i386"]

COMPILERS = ["gcc", "clang"]

NO_FUNCTIONS = ("no external functions: not built with jumpslot/external_func.h, or all "
                "were dropped by --gc-sections")

START = """
#include <stddef.h>
#include <stdint.h>
#include <jumpslot/entry.h>
#include <jumpslot/external_func.h>
"""

ENTRY = "JUMPSLOT_ENTRY(info) { (void)info; return 0; }\n"

GUEST = START + """
void plain(void);
EXTERNAL_FUNC(plain)
EXTERNAL_FUNC(int, add, int, int)
EXTERNAL_FUNC_VARIADIC(int, log_line, const char *)
EXTERNAL_FUNC_OPTIONAL(void, plot, const double *, size_t)
EXTERNAL_FUNC_FASTCALL(int, fast, int, int)
EXTERNAL_FUNC(int, unused, int)

JUMPSLOT_ENTRY(info)
{
	(void)info;
	plain();
	log_line("%d", fast(1, 2));
	if (external_available(plot))
		plot(NULL, 0);
	return add(1, 2);
}
"""


# Every letter of a type string, and every form of a type's text.
TYPES = START + """
#include <stdbool.h>
struct pair { int64_t a, b; };
struct point { double x, y; };
union number { float f; int32_t i; };
enum color { RED, GREEN };
typedef unsigned color_t;
typedef struct pair pair_t;
typedef float floats __attribute__((vector_size(16)));
EXTERNAL_FUNC(void, no_parameters)
EXTERNAL_FUNC(char, chars, signed char, unsigned char)
EXTERNAL_FUNC(short, shorts, unsigned short, short unsigned int)
EXTERNAL_FUNC(long, longs, unsigned long, long int)
EXTERNAL_FUNC(long long, longer, unsigned long long, int64_t, uint64_t)
EXTERNAL_FUNC(unsigned, small, int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t)
EXTERNAL_FUNC(size_t, sizes, ptrdiff_t, intptr_t, uintptr_t, wchar_t)
EXTERNAL_FUNC(bool, bools, _Bool)
EXTERNAL_FUNC(float, reals, double, long double)
EXTERNAL_FUNC(void *, pointers, const char *, char *const *, const volatile void *)
EXTERNAL_FUNC(struct pair *, records, const struct pair *, union number *, pair_t *)
EXTERNAL_FUNC(struct pair, values, struct point, union number, pair_t)
EXTERNAL_FUNC(color_t, names, enum color, color_t, const enum color *)
EXTERNAL_FUNC(int, callbacks, void (*)(int, int), int (*)(void))
EXTERNAL_FUNC(int, arrays, int[3], char *[2], const char [4])
EXTERNAL_FUNC(floats, vectors, floats, const floats *)
EXTERNAL_FUNC_VARIADIC(int, formatted, const char *, int)
EXTERNAL_FUNC_OPTIONAL(int, perhaps, int)
EXTERNAL_FUNC_REGPARM3(int, registers, int, int)
EXTERNAL_FUNC_FASTCALL(int, fast, int, int)
EXTERNAL_FUNC_STDCALL(int, standard, int, int)
EXTERNAL_FUNC(untyped)
""" + ENTRY


def failure(tools, *arguments, status=1):
    """The lines of a run that must fail, print nothing to stdout, and not crash."""
    result = tools.gen_func_list(*arguments, check=False)
    assert result.returncode == status, result.stderr
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert lines and all(line.startswith("gen-func-list: ") for line in lines)
    return [line.removeprefix("gen-func-list: ") for line in lines]


def names(text):
    return re.findall(r"^EF\((.*?)\)", text, re.MULTILINE)


def comment_of(text, name):
    return re.search(rf"^EF\({name}\) */\* (.*) \*/$", text, re.MULTILINE)[1]


def strip(path, *flags):
    target = path.with_suffix(".stripped.elf")
    run("strip", *flags, path, "-o", target)
    return target


def section(path, name):
    """File offset, address and size of a section."""
    with open(path, "rb") as file:
        header = ELFFile(file).get_section_by_name(name).header
    return header["sh_offset"], header["sh_addr"], header["sh_size"]


def section_header(path, name):
    """File offset of a section's header, and the offset of sh_size in it."""
    with open(path, "rb") as file:
        elf = ELFFile(file)
        index = elf.get_section_index(name)
        size = 32 if elf.elfclass == 64 else 20
        return elf["e_shoff"] + index * elf["e_shentsize"], size


def patched(path, offset, data, name="patched.elf"):
    image = bytearray(path.read_bytes())
    image[offset:offset + len(data)] = data
    target = path.with_name(name)
    target.write_bytes(image)
    return target


def debug_record(guest, name, prototype):
    """The guest with a .debug_externals of one record."""
    target = guest.with_name("debug.elf")
    data = guest.with_name("debug.bin")
    data.write_bytes(b"\0".join([name, b"a.c:1", prototype, b""]))
    run("objcopy", "--remove-section", ".debug_externals", guest, target)
    run("objcopy", "--add-section", f".debug_externals={data}", target)
    return target


def typed(tools, line, name, arch="x86_64"):
    return tools.guest(START + line + "\n" + ENTRY, gc=False, name=name, arch=arch)


def build_skeleton(tools, guest, *flags, arch="x86_64", cc="gcc"):
    source = tools.directory / "skeleton.c"
    tools.gen_func_list(guest, "--skeleton", "-o", source)
    return tools.provider(source, *flags, arch=arch, cc=cc)


def provider_of_add(tools, line="EXTERNAL_FUNC(int, add, int, int)", arch="x86_64",
                    definition="int add(int a, int b) { return a + b; }", **options):
    return tools.provider(f"""
        #include <jumpslot/provider.h>
        {line}
        {definition}
        EF(add)
        EXTERNAL_FUNC(void, plot, const double *, size_t)
        """, arch=arch, **options)


def records_source(size, name="add", type_="iii", version=1, flags=0, carry=0, stack=0,
                   extra=""):
    """A provider's sections, written by hand."""
    pad = f".zero {size - 24}\\n" if size > 24 else ""
    return f"""
        int add(int, int);
        int add(int a, int b) {{ return a + b; }}
        __asm__(".hidden add\\n .section .jumpslot.strings,\\"a\\",@progbits\\n"
            "n: .asciz \\"{name}\\"\\n o: .asciz \\"one\\"\\n t: .asciz \\"{type_}\\"\\n"
            ".section .jumpslot.provided,\\"a\\",@progbits\\n"
            ".long n - ., t - ., add - ., {flags}, {carry}, {stack}\\n {pad}"
            ".long o - ., 0, add - ., 0, 0, 0\\n {pad} {extra}\\n"
            ".section .note.jumpslot.provider,\\"a\\",@note\\n"
            ".long 9, 8, 2\\n .asciz \\"jumpslot\\"\\n .balign 4\\n"
            ".long {version}, {size}\\n"
            ".text\\n");
        """

LEGACY = """
__asm__(".macro external name\\n"
	".section .data.l4externals.str,\\"a\\",@progbits\\n 9: .string \\"\\\\name\\"\\n"
	".section .data.l4externals.symtab,\\"a\\",@progbits\\n WORD 9b\\n"
	".section .data.l4externals.jmptbl,\\"aw\\",@progbits\\n WORD _start\\n"
	".endm\\n"
	"external zeta\\n external LOG_printf\\n external l4_utcb_wrap\\n"
	"external zeta\\n"
	".text\\n .globl _start\\n _start: ret\\n");
"""

LEGACY_SCRIPT = """
SECTIONS {
	.data.l4externals.str : { *(.data.l4externals.str) }
	.data.l4externals.symtab : { *(.data.l4externals.symtab) }
	.data.l4externals.jmptbl : { *(.data.l4externals.jmptbl) }
} INSERT BEFORE .data;
"""


def legacy_guest(tools, arch, text=LEGACY):
    script = tools.write("legacy.ld", LEGACY_SCRIPT)
    source = text.replace("WORD", ".quad" if arch == "x86_64" else ".long")
    return tools.guest(source, arch=arch, gc=False, script=False, name="legacy",
                       flags=["-T", script])


def assembled(tools, entries, **fields):
    """A guest whose tables are written by hand, from pairs of name and type."""
    lines = []
    for index, (name, type_) in enumerate(entries):
        flags = 2 if type_ and type_.endswith(".") else 0
        type_offset = f"t{index} - ." if type_ else 0
        lines += ['.section .externals.str,"a"', f'n{index}: .asciz "{name}"',
                  f't{index}: .asciz "{type_ or ""}"',
                  '.section .externals.symtab,"a"', ".balign 4",
                  f".long n{index} - ., {type_offset}, s{index} - ., {flags}",
                  '.section .externals.jmptbl,"aw"', ".balign 8",
                  f"s{index}: .quad _start"]
    lines += ['.section .externals.jmptbl,"aw"', ".balign 8", "resolver: .quad 0",
              ".text", ".globl _start", "_start: ret",
              '.section .note.jumpslot,"a",@note',
              ".long 9, 8, 1", '.asciz "jumpslot"', ".balign 4",
              f".long {fields.get('version', 1)}, resolver - ."]
    source = tools.write("tables.s", "\n".join(lines) + "\n")
    run("as", "--64", source, "-o", tools.directory / "tables.o")
    return tools.link(tools.directory / "tables.o", script=False, gc=False, name="tables")


def outcome(path, image, read=read_guest):
    """The result for a file's bytes, or None for a Problem; anything else fails."""
    path.write_bytes(image)
    try:
        return read(path)
    except Problem as problem:
        assert "\n" not in problem.reason and problem.reason.isprintable()
        return None


def corruptions(image, start, size):
    for offset in range(start, start + size):
        byte = image[offset]
        for value in {0, 0xFF, 0x80, byte ^ 1, byte ^ 0x40} - {byte}:
            yield offset, image[:offset] + bytes([value]) + image[offset + 1:]
