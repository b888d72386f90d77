"""The bytes that a gate copies are never fewer than a call's arguments take on the stack.

Compilers give the expected values: each function of a random type has one more parameter,
a struct that always lies on the stack after all others. The function prints its place.
"""

import itertools
import json
import random
from pathlib import Path

import pytest
from conftest import MACHINE, run

FUNCTIONS = 400
FLAGS = {"x86_64": ([], ["-mavx"], ["-mavx512f"]),
         "i386": ([], ["-msse2"], ["-mavx512f"])}
HAS_AVX512 = " avx512f " in Path("/proc/cpuinfo").read_text()
CELLS = [(cc, arch, flags) for cc, arch in itertools.product(["gcc", "clang"], FLAGS)
         for flags in FLAGS[arch]]

TYPES = """
    typedef long long i64;
    typedef const void *pointer;
    typedef char v4 __attribute__((vector_size(4)));
    typedef int v8 __attribute__((vector_size(8)));
    typedef i64 v8l __attribute__((vector_size(8)));
    typedef int v16 __attribute__((vector_size(16)));
    typedef char v16c __attribute__((vector_size(16)));
    typedef double v32 __attribute__((vector_size(32)));
    typedef float v64 __attribute__((vector_size(64)));
    typedef struct { char a; } s1;
    typedef struct { char a[3]; } s3;
    typedef struct { float a; } s4f;
    typedef struct { double a; } s8d;
    typedef struct { int a, b; } s8i;
    typedef struct { float a, b, c; } s12f;
    typedef struct { char a; int b; i64 c; } s16i;
    typedef struct { double a; i64 b; } s16m;
    typedef struct { double a, b; } s16d;
    typedef struct { long double a; } s16ld;
    typedef struct { int a; } __attribute__((aligned(16))) s16a;
    typedef struct { char a; i64 b; } __attribute__((packed)) s9p;
    typedef struct { char a; i64 b; } __attribute__((packed, aligned(8))) s16p;
    typedef struct { v16 a; } s16v;
    typedef struct { v32 a; } s32v;
    typedef struct { v64 a; } s64v;
    typedef struct { double a[4]; } s32d;
    typedef struct { char a[21]; } s21;
    typedef struct { int a; v16 b; } s32a;
    typedef struct { int a[10]; } __attribute__((aligned(32))) s64a;
    typedef struct { int a[10]; } __attribute__((aligned(64))) s64b;
    typedef union { double a; int b[5]; } u24;
"""
PLAIN = ["_Bool", "char", "short", "unsigned", "i64", "pointer", "int", "long",
         "float", "double", "long double"]
STRUCTS = ["s1", "s3", "s4f", "s8d", "s8i", "s12f", "s16i", "s16m", "s16d", "s16ld",
           "s16a", "s9p", "s16p", "s16v", "s32v", "s64v", "s32d", "s21", "s32a", "s64a",
           "s64b", "u24"]
VECTORS = ["v4", "v8", "v8l", "v16", "v16c", "v32", "v64"]
FORMS = {"": "", "STDCALL": "__attribute__((stdcall))",
         "FASTCALL": "__attribute__((fastcall))",
         "REGPARM3": "__attribute__((regparm(3)))"}

# Calls each function with one large struct. Each of its words holds its own offset. The
# functions use only the last argument, and main() uses no AVX, so most of them run on a
# processor without the vector registers that FLAGS assume.
MEASURE = """
    int printf(const char *, ...);
    typedef struct { long words[6]; } last_t;
    struct all { long words[4096]; } all;
    void *back[5];
    long found;
    __attribute__((noreturn, noinline)) void note(last_t *last)
    {
            found = last->words[0];
            __builtin_longjmp(back, 1);
    }
    FUNCTIONS
    void (*const functions[])(void) = { NAMES };
    __attribute__((target("no-avx"))) int main(void)
    {
            for (int i = 0; i < 4096; i++)
                    all.words[i] = i * (long)sizeof(long);
            for (unsigned i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
                    if (!__builtin_setjmp(back))
                            ((void (*)(struct all))functions[i])(all);
                    printf("%ld\\n", found);
            }
            return 0;
    }
"""


# Paddings add up: an argument in a register costs later ones more than its own bytes.
PADDED = [
    [small, small, "long double", *["long"] * 5, "long double", "long"]
    for small in ("s8i", "v4", "v8", "v8l")] + [
    ["s8d", "s8d", "long double", *["double"] * 7, "long double", "double"],
    ["s32v", "s32v", "s64b", *["double"] * 7, "s64b", "double"]]


def signatures(arch):
    """(form, result, parameters). Half of them have plain types alone."""
    for types in PADDED:
        yield "", "void", types
    pick = random.Random(arch)
    plain = PLAIN + (["__int128"] if arch == "x86_64" else [])
    every = plain + STRUCTS + VECTORS
    for index in range(FUNCTIONS - len(PADDED)):
        form = pick.choice(list(FORMS)) if arch == "i386" else ""
        some = PLAIN if index % 2 else pick.choice([every, every, plain + STRUCTS])
        result = pick.choice([*some, "void", *(["s21"] if index % 2 else [])])
        few = pick.sample(some, pick.choice([2, 4, len(some)]))
        yield form, result, pick.choices(few, k=pick.randint(0, 15))


def stated(tools, functions, arch, cc, flags):
    """The bytes in the link report, for each function."""
    lines = "\n".join(
        f"EXTERNAL_FUNC{'_' if form else ''}{form}"
        f"({', '.join([result, f'f{i}', *types])})"
        for i, (form, result, types) in enumerate(functions))
    guest = tools.guest("#include <jumpslot/entry.h>\n"
                        "#include <jumpslot/external_func.h>\n" + TYPES + lines +
                        "\nJUMPSLOT_ENTRY(info) { (void)info; return 0; }\n",
                        "-w", *flags, arch=arch, cc=cc, gc=False)
    provider = tools.provider(
        '#include <jumpslot/provider.h>\n__asm__(".text\\nall: ret\\n");\n' + "".join(
            f'__asm__(".set f{i}, all"); EF(f{i})\n' for i in range(len(functions))),
        "-nostdlib", arch=arch)
    report = json.loads(tools.wrapper("--json", "--provider", provider, guest).stdout)
    found = {each["name"]: each for each in report["imports"]}
    assert {(each["carried"], each["stack"]) for each in found.values()} == \
        {("gated", "host")}
    return [found[f"f{i}"]["stack_bytes"] for i in range(len(functions))]


def measured(tools, functions, arch, cc, flags):
    """The bytes that the compilers' code takes, for each function."""
    bodies = "".join(
        f"{FORMS[form]} {result} f{i}("
        + "".join(f"{type_} a{j}, " for j, type_ in enumerate(types))
        + "last_t last) { note(&last); }\n"
        for i, (form, result, types) in enumerate(functions))
    names = ", ".join(f"(void (*)(void))f{i}" for i in range(len(functions)))
    text = TYPES + MEASURE.replace("FUNCTIONS", bodies).replace("NAMES", names)
    source = tools.write("measure.c", text)
    program = tools.directory / "measure"
    run(cc, MACHINE[arch], "-std=gnu11", "-O2", "-w", *flags, source, "-o", program)
    return list(map(int, run(program).stdout.split()))


@pytest.mark.parametrize("cc,arch,flags", CELLS)
def test_stack_bytes_are_a_bound_and_exact_for_plain_types(tools, cc, arch, flags):
    if (cc, arch, flags) == ("gcc", "i386", ["-mavx512f"]) and not HAS_AVX512:
        pytest.skip("gcc's i386 code copies arguments by AVX-512, which this CPU lacks")
    functions = list(signatures(arch))
    bounds = stated(tools, functions, arch, cc, flags)
    truths = measured(tools, functions, arch, cc, flags)
    assert len(truths) == len(bounds) == FUNCTIONS
    for function, bound, truth in zip(functions, bounds, truths):
        assert bound >= truth, function
        form, result, types = function
        if {result, *types} <= {*PLAIN, "void", "s21"} and form in ("", "STDCALL"):
            assert bound == truth, function
