"""jumpslot-cc builds guests and providers with the flags that they need."""

import os
import re
import shlex
from pathlib import Path

import pytest
from conftest import BUILD, MACHINE, ROOT, only_x86_64, run
from conftest import each_arch as arch  # noqa: F401
from partition import in_partition

import doc_page

TOOL = ROOT / "gen/jumpslot-cc"
GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC(long long, ask, long long, long long)
    JUMPSLOT_ENTRY(info) { (void)info; return (int)(ask(84000000000, 2) / ask(2, 1)); }
    """
PROVIDER = """
    #include <jumpslot/provider.h>
    #include <sys/stat.h>
    EXTERNAL_FUNC(long long, ask, long long, long long)
    EF(ask)
    JUMPSLOT_SYSCALLS(ask, JUMPSLOT_NO_SYSCALLS)
    _Static_assert(sizeof(off_t) == 8, "files are 64 bits wide");
    long long ask(long long a, long long b) { return a > 2 ? a / b : 1000000000; }
    """
PROGRAM = """
    #include <stdatomic.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <math.h>
    #include <limits.h>
    #include <stdint.h>
    #include <inttypes.h>
    static _Atomic int count;
    int main(int argc, char **argv)
    {
        atomic_fetch_add(&count, argc);
        printf("%d %s %g %" PRIu64 "\\n", count, argv[1], sqrt(2), UINT64_MAX);
    }
    """


def cc(*arguments, **options):
    return run(TOOL, *arguments, check=False, **options)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "guest.c").write_text(GUEST)
    (tmp_path / "provider.c").write_text(PROVIDER)
    (tmp_path / "program.c").write_text(PROGRAM)
    return tmp_path


@pytest.mark.parametrize("optimize", ["-O0", "-O1", "-O2", "-Os"])
def test_a_guest_and_its_provider_of_one_command_each(folder, tools, arch, optimize):
    for kind, source, target in (("-g", "guest.c", "guest.elf"),
                                 ("--provider", "provider.c", "p.so")):
        built = cc(kind, MACHINE[arch], optimize, "-Wall", "-Wextra", source,
                   "-o", target, cwd=folder)
        assert (built.stdout, built.stderr, built.returncode) == ("", "", 0)
    ran = tools.wrapper("--provider", folder / "p.so", folder / "guest.elf")
    assert (ran.stdout, ran.stderr, ran.returncode) == ("", "", 42)
    listed = tools.wrapper("--list", "--provider", folder / "p.so", folder / "guest.elf")
    assert "slots in read-only pages" in listed.stdout


def test_a_program_on_newlib_ends_with_0_when_main_ends(folder, tools, arch):
    built = cc("--newlib", "--build", BUILD, MACHINE[arch], "-O2", "-Wall", "-Wextra",
               "program.c", "-o", "program.elf", cwd=folder)
    assert (built.stdout, built.stderr, built.returncode) == ("", "", 0)
    ran = tools.wrapper("--provider", BUILD / f"providers/newlib-{arch}.so",
                        folder / "program.elf", "word")
    assert (ran.stdout, ran.stderr, ran.returncode) == \
        ("2 word 1.41421 18446744073709551615\n", "", 0)


@pytest.mark.parametrize("kind, source", [("--newlib", "program.c"), ("-g", "guest.c")])
def test_compiling_and_linking_may_be_two_commands(folder, tools, arch, kind, source):
    own = (kind, f"--build={BUILD}", MACHINE[arch])
    assert cc(*own, "-O2", "-c", source, "-o", "x.o", cwd=folder).returncode == 0
    assert cc(*own, "x.o", "-o", "x.elf", cwd=folder).returncode == 0
    assert cc(*own, "-O2", source, "-o", "y.elf", cwd=folder).returncode == 0
    assert tools.wrapper("--list", folder / "x.elf").stdout.split("\n")[1:] == \
        tools.wrapper("--list", folder / "y.elf").stdout.split("\n")[1:]


@only_x86_64
def test_static_pie(folder, tools):
    assert cc("--provider", "provider.c", "-o", "p.so", cwd=folder).returncode == 0
    assert cc("-O2", "-fpie", "-static-pie", "guest.c", "-o", "x.elf",
              cwd=folder).returncode == 0
    ran = tools.wrapper("--provider", folder / "p.so", folder / "x.elf")
    assert (ran.stderr, ran.returncode) == ("", 42)


@pytest.mark.parametrize("kind", ["-g", "--provider", "--newlib"])
def test_three_number_signs_print_the_commands_and_run_nothing(folder, kind):
    source = {"-g": "guest.c", "--provider": "provider.c", "--newlib": "program.c"}[kind]
    shown = cc(kind, f"--build={BUILD}", "-###", source, "-o", "out", cwd=folder)
    words = shlex.split(shown.stderr.replace("\n", " "))
    assert shown.returncode == 0 and not (folder / "out").exists()
    assert str(ROOT / "guest-macros") in words and "--provider" not in words
    assert (str(ROOT / "linkscripts/externals.ld") in words) == (kind != "--provider")
    assert (str(BUILD / "newlib/x86_64/lib/crt0.o") in words) == (kind == "--newlib")


def test_words_with_blanks_stay_one_word(folder):
    (folder / "my program.c").write_text("const char *text = TEXT;")
    assert cc("-DTEXT=\"a b\"", "-c", "my program.c", "-o", "my object.o",
              cwd=folder).stderr == ""
    assert b"a b\0" in (folder / "my object.o").read_bytes()


def test_the_compilers_errors_and_status_come_through(folder):
    (folder / "wrong.c").write_text("int f(void) { return x; }")
    result = cc("-c", "wrong.c", cwd=folder)
    assert "error: ‘x’ undeclared" in result.stderr or "'x' undeclared" in result.stderr
    assert result.returncode == 1
    assert "no input files" in cc("--newlib", f"--build={BUILD}", "-o", "x").stderr


@pytest.mark.parametrize("again", [[], ["-Wl,-Ttext-segment=0x72000000"]])
def test_a_provider_is_also_a_partition_library(folder, arch, again):
    own = ("--partition-library", f"--build={BUILD}", MACHINE[arch], "-O2", "-Wall",
           "-Wextra")
    for words in (["-c", "provider.c", "-o", "p.o"], [*again, "p.o", "-o", "p.lib"]):
        built = cc(*own, *words, cwd=folder)
        assert (built.stdout, built.stderr, built.returncode) == ("", "", 0)
    assert cc(MACHINE[arch], "guest.c", "-o", "guest.elf", cwd=folder).returncode == 0
    ran = in_partition("--provider", folder / "p.lib", folder / "guest.elf")
    assert (ran.stdout, ran.stderr, ran.returncode) == ("", "", 42)
    address = "72" if again else "70"
    assert re.search(f" 0x0*{address}000000 ",
                     run("readelf", "-lW", folder / "p.lib").stdout)


def test_a_partition_library_without_its_parts_says_what_builds_them(tmp_path):
    result = cc("--partition-library", "--build", tmp_path, "x.c")
    part = f"{tmp_path}/partitions/library-x86_64.o"
    assert result.stderr == (f"jumpslot-cc: {part}: not there (run: make -C '{ROOT}' "
                             f"BUILD='{tmp_path}' '{part}')\n")
    assert result.returncode == 2


def test_newlib_that_is_not_built_says_what_builds_it(tmp_path):
    result = cc("--newlib", "-m32", "--build", tmp_path, "x.c")
    newlib = f"{tmp_path}/newlib/i386"
    assert result.stderr == (
        f"jumpslot-cc: {newlib}: newlib is not built (run: make -C '{ROOT}' "
        f"BUILD='{tmp_path}' '{newlib}/lib/crt0.o')\n")
    assert result.returncode == 2


@pytest.mark.parametrize("arguments, environment, message", [
    (["--newlib", "--provider"], {},
     "--newlib, --provider and --partition-library exclude each other (expected one of "
     "them)"),
    (["--build"], {}, "--build: no value; expected a directory"),
    (["x.c"], {"CC": "nothing"},
     "nothing: not found (expected a compiler; CC names it)"),
    (["x.c"], {"CC": "gcc -g"},
     "CC: gcc -g: contains a blank (expected a program's name)"),
])
def test_wrong_command_lines(arguments, environment, message):
    result = cc(*arguments, env=os.environ | environment)
    assert (result.stderr, result.returncode) == (f"jumpslot-cc: {message}\n", 2)


def test_help_goes_to_standard_output():
    result = cc("--help")
    assert result.stdout.startswith("usage: jumpslot-cc ")
    assert (result.stderr, result.returncode) == ("", 0)
    assert cc("-h").stdout == result.stdout


def test_version_is_ours_and_then_the_compilers():
    result = cc("--version")
    version = (ROOT / "VERSION").read_text().strip()
    assert result.stdout == f"jumpslot-cc {version}\n" + run("gcc", "--version").stdout
    assert (result.stderr, result.returncode) == ("", 0)


def test_every_example_of_the_page_prints_the_output_that_the_page_shows(tmp_path):
    steps = doc_page.steps((ROOT / "docs/jumpslot-cc.md").read_text())
    top = doc_page.tree(tmp_path)
    tool = f"../../gen/jumpslot-cc --build '{BUILD}'"
    printed = doc_page.run([commands.replace("../../gen/jumpslot-cc", tool)
                            for commands, _ in steps], top)
    assert printed == [shown for _, shown in steps]
    assert len(steps) == 1 and all(shown for _, shown in steps)


def test_a_program_on_newlib_without_newlibs_provider_gets_a_hint(folder, tools, arch):
    cc("--newlib", "--build", BUILD, MACHINE[arch], "program.c", "-o", "program.elf",
       cwd=folder)
    ran = tools.wrapper(folder / "program.elf")
    assert "\n  missing: int newlib_close(int), declared at " in ran.stderr
    text, provider = ran.stderr.rsplit("\n  hint: newlib_... are newlib's: "
                                       "add --provider ")
    assert Path(provider.removesuffix("\n")).samefile(
        BUILD / f"providers/newlib-{arch}.so")
    assert ("hint" in text, ran.returncode) == (False, 127)
    assert tools.wrapper("--provider", provider.removesuffix("\n"),
                         folder / "program.elf").returncode == 0


HINT = "jumpslot-cc: a program with main() needs --newlib, a provider --provider\n"


def test_main_without_newlib_is_an_error_of_the_linker(tmp_path, arch):
    (tmp_path / "program.c").write_text("int main(void) { return 0; }\n")
    built = cc(MACHINE[arch], "program.c", "-o", "program.elf", cwd=tmp_path)
    assert "required symbol `_start' not defined" in built.stderr
    assert built.stderr.endswith("\n" + HINT)
    assert built.returncode == 1


def test_another_error_of_the_linker_gets_no_hint(folder, arch):
    (folder / "guest.c").write_text(GUEST + "void f(void); void *p = f;")
    built = cc(MACHINE[arch], "guest.c", "-Wl,--no-gc-sections", "-o", "guest.elf",
               cwd=folder)
    assert "undefined reference to `f'" in built.stderr and HINT not in built.stderr
    assert built.returncode == 1


def test_a_guest_may_have_an_entry_of_another_name(tmp_path, tools, arch):
    (tmp_path / "guest.c").write_text("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_cpu.h>
        void begin(void);
        void begin(void) { _CPU_Virtual_exec_stop_error(3); }
        """)
    for entry in ["-e", "begin"], ["-Wl,-e,begin"], ["-Wl,--entry=begin"]:
        built = cc(MACHINE[arch], "-O2", *entry, "guest.c", "-o", "guest.elf",
                   cwd=tmp_path)
        assert (built.stderr, built.returncode) == ("", 0)
        assert tools.wrapper(tmp_path / "guest.elf").returncode == 3


@only_x86_64
def test_a_program_that_gcc_linked_without_a_start_is_refused(tmp_path, tools):
    (tmp_path / "program.c").write_text("int main(void) { return 0; }\n")
    run("gcc", "-nostdlib", "-static", "-Wl,--gc-sections", "program.c",
        "-o", "program.elf", cwd=tmp_path)
    ran = tools.wrapper(tmp_path / "program.elf")
    assert ran.stderr == (
        f"host-wrapper: {tmp_path}/program.elf: no entry: no _start (expected "
        "JUMPSLOT_ENTRY; a program with main() needs jumpslot-cc --newlib)\n")
    assert ran.returncode == 126


def test_a_program_may_have_memory_and_string_functions_of_its_own(tmp_path, tools, arch):
    (tmp_path / "program.c").write_text("""
        #include <stdio.h>
        #include <string.h>
        static int own;
        size_t strlen(const char *string)
        {
                size_t length = 0;
                while (string[length]) length++;
                own++;
                return length;
        }
        void *memset(void *to, int byte, size_t size)
        {
                while (size--) ((volatile char *)to)[size] = (char)byte;
                own++;
                return to;
        }
        int main(int argc, char **argv)
        {
                int before = own;
                size_t length = strlen(memset(argv[0], 'x', 3));
                printf("%.3s %d %d\\n", argv[0], length > argc, own - before);
        }
        """)
    built = cc("--newlib", f"--build={BUILD}", MACHINE[arch], "-O2", "-fno-builtin",
               "program.c", "-o", "program.elf", cwd=tmp_path)
    assert (built.stderr, built.returncode) == ("", 0)
    ran = tools.wrapper("--provider", BUILD / f"providers/newlib-{arch}.so",
                        tmp_path / "program.elf")
    assert (ran.stdout, ran.stderr, ran.returncode) == ("xxx 1 2\n", "", 0)


def test_destructors_of_cpp_statics_run(tmp_path, tools, arch):
    (tmp_path / "program.cc").write_text("""
        #include <stdio.h>
        struct Lamp { Lamp() { puts("on"); } ~Lamp() { puts("off"); } };
        static Lamp lamp;
        int main() { puts("main"); }
        """)
    built = cc("--newlib", f"--build={BUILD}", MACHINE[arch], "-O2", "-fno-exceptions",
               "-fno-rtti", "program.cc", "-o", "program.elf", cwd=tmp_path)
    assert (built.stderr, built.returncode) == ("", 0)
    ran = tools.wrapper("--provider", BUILD / f"providers/newlib-{arch}.so",
                        tmp_path / "program.elf")
    assert (ran.stdout, ran.stderr, ran.returncode) == ("on\nmain\noff\n", "", 0)


@pytest.mark.parametrize("header", sorted(
    str(path.relative_to(ROOT / "guests/newlib/include"))
    for path in (ROOT / "guests/newlib/include").rglob("*.h")))
@pytest.mark.parametrize("standard", ["-std=c99", "-std=gnu11", "-xc++"])
def test_every_header_of_our_own_compiles_alone(tmp_path, header, standard):
    (tmp_path / "x.c").write_text(f"#include <{header}>\n")
    built = cc("--newlib", f"--build={BUILD}", standard, "-Wall", "-Wextra", "-Werror",
               "-c", "x.c", cwd=tmp_path)
    assert (built.stderr, built.returncode) == ("", 0)
