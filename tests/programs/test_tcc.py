"""tcc on newlib as a guest that compiles guests: its objects are those of Debian's tcc,
and the programs that it links run as guests.
"""

import shutil

import pytest
from conftest import BUILD, ROOT, each_arch as arch, run
from program_guest import ProgramGuest, run_bytes

NATIVE = {"x86_64": "tcc", "i386": "i386-tcc"}
# The same headers as in the guest, whose own paths are different.
NATIVE_FLAGS = ["-nostdinc", "-U__linux__", "-U__linux",
                *(f"-Itcc/include/{name}" for name in
                  ("gcc", "jumpslot", "tcc", "newlib"))]
LUA_FLAGS = ["-DLUA_COMPAT_5_3", "-Ideb", "-include", "deb/lua_on_newlib.h"]
LUA_FILES = sorted(path.name for path in (BUILD / "src/lua/src").glob("*.c")
                   if path.name != "luac.c")


@pytest.fixture
def tcc(arch):
    return ProgramGuest(arch, "tcc")


@pytest.fixture
def root(tmp_path, arch):
    """A root with tcc's folder, hello.c and Lua's sources."""
    shutil.copytree(BUILD / f"guests/tcc/{arch}/tcc", tmp_path / "tcc")
    shutil.copytree(BUILD / "src/lua/src", tmp_path / "lua")
    shutil.copytree(BUILD / f"guests/lua/{arch}", tmp_path / "deb")
    shutil.copy(ROOT / "guests/lua/lua_on_newlib.h", tmp_path / "deb")
    (tmp_path / "hello.c").write_text("""
        #include <math.h>
        #include <stdint.h>
        #include <stdio.h>
        #include <stdlib.h>

        struct pair { int64_t a; double b; };
        static struct pair make(int64_t a, double b) { struct pair p = {a, b}; return p; }

        int main(int argc, char **argv)
        {
                struct pair p = make(INT64_C(-9000000000) / argc, 1.25);
                long double third = 1.0L / 3;
                uint64_t big = (uint64_t)(third * 1e18L);
                char *copy = malloc(100);
                FILE *file;

                snprintf(copy, 100, "%s %lld %g %u", argv[1], (long long)p.a, p.b,
                         (unsigned)sizeof(long));
                printf("%s\\n%.6f %llu\\n", copy, sqrt(p.b), (unsigned long long)big);
                file = fopen("written", "w");
                fprintf(file, "%d", argc);
                return fclose(file) ? 1 : 3;
        }
        """)
    return tmp_path


def compile_both(tcc, root, *arguments):
    """The objects of the guest and of Debian's tcc."""
    objects = []
    for name, command, more in (("guest.o", tcc.command(root), []),
                                ("native.o", [NATIVE[tcc.arch]], NATIVE_FLAGS)):
        result = run_bytes(*command, *more, "-c", *arguments, "-o", name, cwd=root)
        assert (result.stdout, result.returncode) == (b"", 0), result.stderr
        objects.append((root / name).read_bytes())
        (root / name).unlink()
    return objects


@pytest.mark.parametrize("flags", [[], ["-O2", "-funsigned-char", "-DX=1"]])
def test_the_object_of_hello_is_that_of_debians_tcc(root, flags, tcc):
    guest, native = compile_both(tcc, root, *flags, "hello.c")
    assert guest == native


def test_the_objects_of_lua_are_those_of_debians_tcc(root, tcc):
    assert len(LUA_FILES) == 33
    for name in LUA_FILES:
        guest, native = compile_both(tcc, root, *LUA_FLAGS, f"lua/{name}")
        assert guest == native, name


def test_preprocessed_text_is_that_of_debians_tcc(root, tcc):
    guest = tcc.run(root, "-E", "-P", *LUA_FLAGS, "lua/lvm.c")
    native = run_bytes(NATIVE[tcc.arch], *NATIVE_FLAGS, "-E", "-P", *LUA_FLAGS,
                       "lua/lvm.c", cwd=root)
    assert (guest.stdout, guest.returncode) == (native.stdout, 0)


def test_errors_are_those_of_debians_tcc(root, tcc):
    (root / "wrong.c").write_text("int f(void)\n{\n\treturn x;\n}\n")
    guest = tcc.run(root, "-c", "wrong.c")
    assert (guest.stdout, guest.stderr, guest.returncode) == \
        (b"", b"wrong.c:3: error: 'x' undeclared\n", 1)
    assert run_bytes(NATIVE[tcc.arch], "-c", "wrong.c", cwd=root).stderr == guest.stderr


def test_a_program_that_it_links_runs_as_a_guest(root, tcc):
    built = tcc.run(root, "-static", "hello.c", "-lm", "-o", "hello.elf")
    assert (built.stdout, built.stderr, built.returncode) == (b"", b"", 0)
    ran = ProgramGuest(tcc.arch, image=root / "hello.elf").run(root, "word")
    size = {"x86_64": 8, "i386": 4}[tcc.arch]
    assert (ran.stdout.decode(), ran.stderr, ran.returncode) == (
        f"word -4500000000 1.25 {size}\n1.118034 333333333333333333\n", b"", 3)
    assert (root / "written").read_text() == "2"


def test_lua_that_it_compiles_and_links_runs_as_a_guest(root, tcc):
    built = tcc.run(root, "-static", *LUA_FLAGS, *(f"lua/{name}" for name in LUA_FILES),
                    "-lm", "-o", "lua.elf")
    assert (built.stderr, built.returncode) == (b"", 0)
    shutil.copy(ROOT / "guests/lua/demo.lua", root)
    lua, gccs = (ProgramGuest(tcc.arch, image=image).run(root, "demo.lua")
                 for image in (root / "lua.elf", BUILD / f"guests/lua-{tcc.arch}.elf"))
    assert (lua.stdout, lua.stderr, lua.returncode) == (gccs.stdout, b"", 0)
    assert lua.stdout


def test_it_compiles_itself(root, tcc):
    """The second tcc, compiled by the first, makes the same object of hello."""
    shutil.copytree(BUILD / "src/tcc", root / "source")
    shutil.copytree(ROOT / "guests/tcc/on_newlib", root / "on_newlib")
    shutil.copy(BUILD / "obj/tcc/config.h", root)
    paths = ":".join(f"{{B}}/include/{name}"
                     for name in ("gcc", "jumpslot", "tcc", "newlib"))
    built = tcc.run(
        root, "-static", "-w", "-I.", "-Ion_newlib", "-Isource",
        "-include", "on_newlib/tcc_on_newlib.h", "-DCONFIG_TCC_STATIC",
        "-DCONFIG_TCCBOOT", f"-DTCC_TARGET_{tcc.arch.upper()}", '-DCONFIG_TCCDIR="/tcc"',
        f'-DCONFIG_TCC_SYSINCLUDEPATHS="{paths}"', "source/tcc.c", "-o", "second.elf")
    assert (built.stderr, built.returncode) == (b"", 0)
    second = ProgramGuest(tcc.arch, image=root / "second.elf")
    guest, native = compile_both(second, root, "hello.c")
    assert guest == native


def test_it_runs_no_code_and_no_other_compiler(root, tcc):
    (root / "answer.c").write_text("int main(void) { return 42; }")
    ran = tcc.run(root, "-run", "answer.c")
    assert (ran.stderr, ran.returncode) == (
        b"tcc: error: mprotect failed: did you mean to configure --with-selinux?\n", 1)
    flag, name = {"x86_64": ("-m32", "i386-tcc"),
                  "i386": ("-m64", "x86_64-tcc")}[tcc.arch]
    other = tcc.run(root, flag, "-c", "hello.c")
    assert (other.stderr.decode(), other.returncode) == (
        f"tcc: error: could not run '{tcc.image.parent}/{name}'\n", 1)


def test_the_source_is_debians_and_unchanged(tmp_path):
    package, = (BUILD / "src/tcc-package").glob("*.dsc")
    run("dpkg-source", "--no-check", "-q", "--extract", package, tmp_path / "tcc")
    run("diff", "-r", tmp_path / "tcc", BUILD / "src/tcc", "--exclude=unpacked")
