"""jumpslot/rtems_paravirt.h: RTEMS's five i386 hooks keep RTEMS's rules, inline or
defined once for files that only declare them."""

import re

import pytest
from conftest import ROOT, Toolbox, each_arch as arch, run  # noqa: F401

GUESTS = ROOT / "tests/rtos/guests"
GUEST = GUESTS / "rtems_paravirt_guest.c"
HEADER = ROOT / "guest-macros/jumpslot/rtems_paravirt.h"
OURS = ["-include", "jumpslot/rtems_paravirt.h"]
RTEMS = ["-include", GUESTS / "rtems_paravirt.h"]
WAYS = {"declared": RTEMS, "inline": OURS,
        "inline before RTEMS's header": OURS + RTEMS,
        "inline after RTEMS's header": RTEMS + OURS}
DEFINER = ('#include "rtems_paravirt.h"\n'
           "#define JUMPSLOT_RTEMS_PARAVIRT_DEFINE\n"
           "#include <jumpslot/rtems_paravirt.h>\n")
HOOKS = {"i386_disable_interrupts", "i386_enable_interrupts", "i386_flash_interrupts",
         "i386_set_interrupt_level", "i386_get_interrupt_level"}
RULES = {
    "cookie": "bit 9 of the cookie is set while interrupts are enabled",
    "disable": "a vector raised while disabled stays pending",
    "enable": "only bit 9 counts; enabling delivers what is pending before it returns",
    "pairs": "nested pairs restore the level",
    "flash": "flash delivers what is deliverable, and leaves interrupts disabled",
    "set-level": "level 0 enables, and delivers what is pending; any other disables",
    "get-level": "the level is 0 while enabled, 1 while disabled",
}
only_i386 = pytest.mark.parametrize("arch", ["i386"])
LANGUAGES = {"c11": "gcc", "c++17": "g++"}


def compile_as(tools, language, source, *flags, **options):
    return tools.compile(source, "-I", GUESTS, *flags, standard=language,
                         cc=LANGUAGES[language], **options)


def definer(tools, language="c11"):
    return compile_as(tools, language, DEFINER, "-Wmissing-declarations")


def guest(tools, way, language="c11", **options):
    return compile_as(tools, language, GUEST.read_text(), *WAYS[way], **options)


def all_was_right(result):
    return (result.stdout, result.stderr, result.returncode) == ("", "", 0)


def run_case(image, case):
    return Toolbox.wrapper("--timeout", 30, image, case)


def hooks(object_file, kinds):
    """The hooks in an object's symbol table that nm shows with one of these letters."""
    symbols = (line.split()[-2:] for line in run("nm", object_file).stdout.splitlines())
    return {name for kind, name in symbols if kind in kinds and name in HOOKS}


@pytest.fixture(scope="module", params=["x86_64", "i386"])
def guests(request, tmp_path_factory):
    tools = Toolbox(tmp_path_factory.mktemp("rtems_paravirt"), request.param)
    hooks_file = definer(tools)
    return {way: tools.link(guest(tools, way), hooks_file, name=f"guest{at}")
            for at, way in enumerate(WAYS)}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", RULES)
def test_the_rules_of_the_hooks(guests, case, way):
    assert all_was_right(run_case(guests[way], case)), RULES[case]


@pytest.mark.parametrize("language", LANGUAGES)
def test_c_and_cpp_mix(tools, arch, language):  # noqa: F811
    """A definer in one language serves files in the other, with any of the headers."""
    other, = LANGUAGES.keys() - {language}
    hooks_file = definer(tools, language)
    for way in WAYS:
        image = tools.link(guest(tools, way, other), hooks_file)
        assert all_was_right(run_case(image, "flash")), way


@pytest.mark.parametrize("optimize", ["-O0", "-O2"])
@pytest.mark.parametrize("way", [way for way in WAYS if way != "declared"])
def test_inline_needs_no_definer(tools, arch, way, optimize):  # noqa: F811
    user = guest(tools, way, optimize=optimize)
    assert hooks(user, "TU") == set()
    assert all_was_right(run_case(tools.link(user), "pairs"))


def test_many_files_and_one_definer(tools, arch):  # noqa: F811
    """One file of a guest defines the hooks; the others use them in different ways."""
    files = [definer(tools)]
    assert hooks(files[0], "T") == HOOKS
    for at, flags in enumerate(WAYS.values()):
        files.append(tools.compile(f"""
            int use{at}(void);
            int use{at}(void)
            {{
                uint32_t cookie = i386_disable_interrupts();
                i386_flash_interrupts(cookie);
                i386_enable_interrupts(cookie);
                i386_set_interrupt_level(0);
                i386_set_interrupt_level(1);
                return i386_get_interrupt_level() == 1 && cookie == 0;
            }}
            """, "-I", GUESTS, *flags))
    calls = [f"use{at}" for at in range(len(WAYS))]
    image = tools.guest(f"""
        #include <jumpslot/entry.h>
        int {", ".join(call + "(void)" for call in calls)};
        JUMPSLOT_ENTRY(info)
        {{
            (void)info;
            return {" + ".join(call + "()" for call in calls)};
        }}
        """, flags=files)
    assert Toolbox.wrapper("--timeout", 30, image).returncode == len(WAYS)


@only_i386
@pytest.mark.parametrize("count,error", [(0, "undefined reference to"),
                                         (2, "multiple definition of")])
def test_no_definer_or_two_are_a_link_error(tools, count, error):
    definers = [definer(tools) for _ in range(count)]
    result = tools.link(guest(tools, "declared"), *definers, check=False)
    assert result.returncode == 1
    for hook in HOOKS:
        assert f"{error} `{hook}'" in result.stderr


# A change that breaks a rule, and the rule.
BROKEN = [
    ("? 0 : JUMPSLOT_RTEMS_ENABLED", "? JUMPSLOT_RTEMS_ENABLED : 0", "cookie"),
    ("? 0 : JUMPSLOT_RTEMS_ENABLED", "? 0 : 1", "cookie"),
    ("_CPU_Virtual_Interrupts_disable()", "_CPU_Virtual_Interrupts_get_level()",
     "disable"),
    ("enable(!(cookie & JUMPSLOT_RTEMS_ENABLED))", "enable(cookie == 0)", "enable"),
    ("enable(!(cookie & JUMPSLOT_RTEMS_ENABLED))",
     "enable(cookie != JUMPSLOT_RTEMS_ENABLED)", "enable"),
    ("_CPU_Virtual_Interrupts_enable(!(cookie & JUMPSLOT_RTEMS_ENABLED))",
     "__jumpslot_vcpu.level = !(cookie & JUMPSLOT_RTEMS_ENABLED)", "enable"),
    ("_CPU_Virtual_Interrupts_enable(!(cookie",
     "_CPU_Virtual_Interrupts_open();(void)(!(cookie", "pairs"),
    ("flash(!(cookie & JUMPSLOT_RTEMS_ENABLED))", "enable(!(cookie & 0x200))", "flash"),
    ("flash(!(cookie & JUMPSLOT_RTEMS_ENABLED))", "flash(cookie & 0)", "flash"),
    ("flash(!(cookie & JUMPSLOT_RTEMS_ENABLED))", "flash(cookie | 1)", "flash"),
    ("_enable(level != 0)", "_enable(level == 0)", "set-level"),
    ("_enable(level != 0)", "_enable(level == 1)", "set-level"),
    ("_CPU_Virtual_Interrupts_enable(level != 0)", "__jumpslot_vcpu.level = level != 0",
     "set-level"),
    ("_get_level() != 0", "_get_level() == 0", "get-level"),
    ("_get_level() != 0", "_get_level()", "get-level"),
]


@only_i386
@pytest.mark.parametrize("right,wrong,case", BROKEN)
def test_the_case_of_a_rule_detects_that_it_is_broken(tools, right, wrong, case):
    text = HEADER.read_text()
    assert text.count(right) == 1
    broken = tools.write("broken.h", text.replace(right, wrong).replace(
        '"virt_cpu.h"', "<jumpslot/virt_cpu.h>"))
    image = tools.guest(GUEST, "-include", broken)
    result = run_case(image, case)
    assert result.returncode == 1
    assert re.match(r"\d+: |line \d+: not as expected", result.stdout)
