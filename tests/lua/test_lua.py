"""Lua on newlib as a guest: its output equals that of Debian's lua5.4; it reaches only
the files below its directory; its system calls survive bad arguments.
"""

import os
import re
import shutil
import subprocess

import pytest
from conftest import BUILD, ROOT, WRAPPER, each_arch as arch, run

SCRIPTS = ROOT / "tests/lua/scripts"
NEWLIB = ROOT / "guests/newlib"
UTC = {**os.environ, "TZ": "UTC"}


def run_bytes(*command, **options):
    """Like conftest.run, but returns the output as bytes."""
    return subprocess.run([str(word) for word in command], capture_output=True,
                          timeout=300, env=UTC, **options)


class Lua:
    """Lua for one architecture, and its provider."""

    def __init__(self, arch):
        self.guest = BUILD / f"guests/lua-{arch}.elf"
        self.provider = BUILD / f"providers/newlib-{arch}.so"

    def command(self, *arguments, root=None, guest=None):
        """Lua needs more than the default work area to overflow its own stack."""
        provider = f"{self.provider},root={root}" if root else self.provider
        return [*WRAPPER, "--work-area", "128M", "--provider", provider,
                guest or self.guest, *arguments]

    def run(self, root, *arguments, **options):
        return run_bytes(*self.command(*arguments, root=root), **options)

    def evaluate(self, root, code, **options):
        """Run a line of Lua in the guest; return its output."""
        result = self.run(root, "-e", code, **options)
        assert (result.stderr, result.returncode) == (b"", 0)
        return result.stdout.decode()

    def beside_debians(self, tmp_path, script, *arguments, **options):
        """The results of Debian's Lua and of the guest, each in its own directory."""
        for name in "debian", "guest":
            shutil.copytree(SCRIPTS, tmp_path / name)
        return (run_bytes("lua5.4", script, *arguments, cwd=tmp_path / "debian",
                          **options),
                self.run(tmp_path / "guest", script, *arguments, **options))


@pytest.fixture
def lua(arch):
    return Lua(arch)


@pytest.fixture
def root(tmp_path):
    """The guest's directory, with a file beside it that it must not reach."""
    (tmp_path / "secret").write_text("do not read me")
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


@pytest.mark.parametrize("script", sorted(path.name for path in SCRIPTS.glob("*.lua")))
def test_output_is_that_of_debians_lua(tmp_path, script, lua):
    debian, guest = lua.beside_debians(tmp_path, script, "one", "two words")
    assert guest.stdout == debian.stdout
    assert guest.stderr == debian.stderr
    assert guest.returncode == debian.returncode == 0


def test_the_source_is_debians_and_unchanged(tmp_path):
    package, = (BUILD / "src/lua-package").glob("*.dsc")
    run("dpkg-source", "--no-check", "-q", "--extract", package, tmp_path / "lua")
    run("diff", "-r", tmp_path / "lua", BUILD / "src/lua", "--exclude=unpacked")


def test_the_version_is_that_of_debians_lua(root, lua):
    assert lua.run(root, "-v").stdout == run_bytes("lua5.4", "-v").stdout


def test_files_written_are_those_that_debians_lua_writes(tmp_path, lua):
    lua.beside_debians(tmp_path, "files.lua")
    written = [{path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
               for name in ("debian", "guest")]
    assert written[0] == written[1]
    assert len(written[0]["big.bin"]) == 1000000


@pytest.mark.parametrize("code", [
    "error('uncaught')", "error({})", "error(setmetatable({}, {__tostring = error}))",
    "local t = nil; t.x = 1", "os.exit(3)", "os.exit(true)", "os.exit(false)",
    "io.write('no newline') os.exit(7, true)", "syntax error", "return 5"])
def test_an_ending_is_that_of_debians_lua(root, code, lua):
    (root / "script.lua").write_text(code)
    debian = run_bytes("lua5.4", "script.lua", cwd=root)
    guest = lua.run(root, "script.lua")
    assert guest.stdout == debian.stdout
    assert guest.stderr.replace(bytes(lua.guest), b"lua5.4") == debian.stderr
    assert guest.returncode == debian.returncode


def test_an_uncaught_error_is_exit_status_1(root, lua):
    result = lua.run(root, "-e", "error('uncaught')")
    assert result.stderr.startswith(
        b"%s: (command line):1: uncaught\n" % bytes(lua.guest))
    assert (result.stdout, result.returncode) == (b"", 1)


def test_standard_input_is_the_console(tmp_path, lua):
    code = "for line in io.lines() do print(#line, line:byte(1, -1)) end"
    debian, guest = lua.beside_debians(tmp_path, "-e", code, input=b"\xff\0\r\n\nlast")
    assert (guest.stdout, guest.returncode) == (debian.stdout, debian.returncode)
    assert guest.stdout == b"3\t255\t0\t13\n0\n4\t108\t97\t115\t116\n"


def test_a_program_on_standard_input_is_run_without_a_prompt(root, lua):
    result = lua.run(root, input=b"print(6 * 7)\n")
    assert (result.stdout, result.stderr, result.returncode) == (b"42\n", b"", 0)


def test_a_closed_console_is_not_taken_for_another_file(root, lua):
    (root / "file").write_text("text")
    command = lua.command(
        "-e", "print(io.open('file'):read(), io.read())", root=root)
    result = run_bytes("sh", "-c", 'exec "$@" <&-', "sh", *command)
    assert result.stdout == b"text\tnil\tBad file number\t9\n"


def test_the_console_can_be_a_file_with_a_position(root, tmp_path, lua):
    (tmp_path / "input").write_text("0123456789")
    with open(tmp_path / "input", "rb") as file:
        code = "io.read(2) print(io.stdin:seek('set', 5), io.read(2))"
        printed = lua.evaluate(root, code, stdin=file)
    assert printed == "5\t56\n"


OUTSIDE = ["../secret", "../missing", "/../secret", "inside/../../secret", "link",
           "relative-link", "directory-link/secret", "directory-link/missing", ".."]


@pytest.mark.parametrize("path", OUTSIDE)
def test_paths_outside_are_refused_whether_they_exist_or_not(root, path, lua):
    (root / "inside").mkdir()
    (root / "link").symlink_to(root.parent / "secret")
    (root / "relative-link").symlink_to("../secret")
    (root / "directory-link").symlink_to("..")
    before = sorted(root.parent.rglob("*"))
    denied = f"nil\t{path}: Permission denied\t13\n"
    for mode in "r", "w", "a", "r+", "w+":
        assert lua.evaluate(root, f"print(io.open('{path}', '{mode}'))") == denied
    assert (root.parent / "secret").read_text() == "do not read me"
    assert sorted(root.parent.rglob("*")) == before


@pytest.mark.parametrize("path", [
    "../secret", "inside/../../secret", "directory-link/secret", "..", "/", ".",
    "inside/..", "inside/../..", "//"])
def test_nothing_outside_is_removed_or_renamed(root, path, lua):
    (root / "inside").mkdir()
    (root / "directory-link").symlink_to("..")
    (root / "mine").write_text("mine")
    before = sorted(root.parent.rglob("*"))
    printed = lua.evaluate(root, f"print(os.remove('{path}'))"
                                 f" print(os.rename('{path}', 'x'))"
                                 f" print(os.rename('mine', '{path}'))")
    assert [line.split("\t")[0] for line in printed.splitlines()] == ["nil", "nil", "nil"]
    assert sorted(root.parent.rglob("*")) == before


def test_removing_a_link_leaves_its_target(root, lua):
    (root / "link").symlink_to(root.parent / "secret")
    assert lua.evaluate(root, "print(os.remove('link'))") == "true\n"
    assert not (root / "link").is_symlink()
    assert (root.parent / "secret").read_text() == "do not read me"


def test_an_absolute_path_starts_at_the_guests_directory(root, lua):
    (root / "etc").mkdir()
    (root / "etc/passwd").write_text("the guest's own")
    code = "print(io.open('/etc/passwd'):read('a'), io.open('//etc//passwd'):read('a'))"
    assert lua.evaluate(root, code) == "the guest's own\tthe guest's own\n"
    assert lua.evaluate(root, "print(io.open('/proc/self/maps'))").startswith("nil\t")


def test_links_that_stay_inside_are_followed(root, lua):
    (root / "inside").mkdir()
    (root / "file").write_text("text")
    (root / "inside/link").symlink_to("../file")
    assert lua.evaluate(root, "print(io.open('inside/link'):read())") == "text\n"


def test_only_regular_files_are_opened_and_without_waiting(root, lua):
    os.mkfifo(root / "fifo")
    (root / "directory").mkdir()
    code = """for _, name in ipairs { "fifo", "directory", "/" } do
        for _, mode in ipairs { "w", "r+", "a" } do print(io.open(name, mode)) end
        end
        print(io.open("fifo"))"""
    assert lua.evaluate(root, code).splitlines() == (
        3 * ["nil\tfifo: Permission denied\t13"] +
        3 * ["nil\tdirectory: Is a directory\t21"] +
        3 * ["nil\t/: Is a directory\t21"] + ["nil\tfifo: Permission denied\t13"])


def test_a_directory_is_opened_but_not_read_as_with_debians_lua(root, lua):
    (root / "directory").mkdir()
    code = "print(io.open('directory'):read(1))"
    debian = run_bytes("lua5.4", "-e", code, cwd=root)
    assert lua.evaluate(root, code).encode() == debian.stdout
    assert debian.stdout == b"nil\tIs a directory\t21\n"


def test_files_of_the_host_are_not_opened_through_magic_links(tmp_path, lua):
    code = "print((select(3, io.open('/proc/self/%s'))))"
    for name in "fd/0", "exe", "cwd/tmp/x":
        printed = lua.evaluate("/", code % name, stdin=subprocess.DEVNULL)
        assert printed == "13\n"  # newlib's EACCES


def test_too_many_open_files_are_an_error(root, lua):
    (root / "file").write_text("text")
    printed = lua.evaluate(root, """
        local open = {}
        for i = 1, 100 do
            local file, message, number = io.open('file')
            if not file then print(i, number) break end
            open[i] = file
        end
        open[1]:close()
        print(io.open('file'):read())""")
    assert printed == "62\t24\ntext\n"  # EMFILE


def test_without_a_root_there_is_the_console_and_no_file(root, lua):
    result = run_bytes(*lua.command("-e", "print(io.open('x'), io.open('x', 'w'))"),
                       cwd=root)
    assert result.stdout == b"nil\tnil\tx: Permission denied\t13\n"
    assert list(root.iterdir()) == []


@pytest.mark.parametrize("option,message", [
    ("toor=/tmp", "toor=/tmp: unknown option (expected root=DIRECTORY)"),
    ("root", "root: unknown option (expected root=DIRECTORY)"),
    ("root=", "root=: No such file or directory"),
    ("root=/nowhere", "root=/nowhere: No such file or directory"),
    ("root=/dev/null", "root=/dev/null: Not a directory")])
def test_a_bad_option_is_one_clear_line(tools, option, message, lua):
    result = tools.wrapper("--provider", f"{lua.provider},{option}", lua.guest)
    assert result.stderr == (f"host-wrapper: {lua.guest}: provider {lua.provider}: "
                             f"{message}\n")
    assert (result.stdout, result.returncode) == ("", 125)


def test_memory_is_the_work_area_and_its_end_is_an_error(tools, lua):
    code = "print(#string.rep('x', 1 << 20), pcall(string.rep, 'x', 1 << 26))"
    result = tools.wrapper("--work-area", "8M", "--provider", lua.provider, lua.guest,
                           "-e", code)
    assert result.stdout == "1048576\tfalse\tnot enough memory\n"
    assert result.stderr == \
        "out of memory: the work area is full (use a larger --work-area)\n"
    assert result.returncode == 0


def test_a_work_area_too_small_to_start_in_is_reported(tools, lua):
    result = tools.wrapper("--work-area", "4K", "--provider", lua.provider, lua.guest,
                           "x" * 5000)
    assert result.stdout == \
        "arguments: out of memory (expected a larger --work-area)\n"
    assert result.returncode == 1


def test_the_table_has_every_function_of_the_header():
    header, table = ((NEWLIB / name).read_text()
                     for name in ("newlib_calls.h", "newlib_functions.def"))
    declared = re.findall(r"^EXTERNAL_FUNC\([^,]+, (\w+)", header, re.M)
    listed = re.findall(r"^EF\((\w+)\)", table, re.M)
    assert listed == sorted(declared)


def test_both_architectures_import_the_same_functions(tools):
    lists = [tools.gen_func_list(BUILD / f"guests/lua-{arch}.elf").stdout
             for arch in ("x86_64", "i386")]
    names = [re.findall(r"^EF\((\w+)\)", text, re.M) for text in lists]
    assert names[0] == names[1]
    assert "newlib_open" in names[0]


# Calls the provider directly, without a C library. Prints numbers.
CALLER = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include "newlib_calls.h"

    static void print(int64_t value)
    {
            char digits[24];
            int at = (int)sizeof(digits);
            uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

            digits[--at] = ' ';
            do
                    digits[--at] = (char)('0' + rest %% 10);
            while (rest /= 10);
            if (value < 0)
                    digits[--at] = '-';
            _BSP_Virtual_Console_write(digits + at, sizeof(digits) - (size_t)at);
    }

    JUMPSLOT_ENTRY(info)
    {
            static struct newlib_status status;
            static char buffer[4096];

            (void)info, (void)status, (void)buffer;
            %s
            return 0;
    }
    """
EFAULT, EBADF, EINVAL, EEXIST, ENAMETOOLONG, ENOENT = 8, 4, 13, 10, 22, 2


def call(tools, root, lua, body):
    """Run a guest with this body; return the numbers that it prints."""
    guest = tools.guest(CALLER % body, "-I", NEWLIB)
    result = run_bytes(*lua.command(root=root, guest=guest), stdin=subprocess.DEVNULL)
    assert (result.stderr, result.returncode) == (b"", 0)
    return [int(word) for word in result.stdout.split()]


POINTERS = ["(void *)0", "(void *)16", "(void *)-1", "(void *)(UINTPTR_MAX / 4 * 3)"]


@pytest.mark.parametrize("pointer", POINTERS)
def test_a_bad_pointer_is_an_error_and_not_a_crash(tools, root, pointer, lua):
    (root / "file").write_text("text")
    assert call(tools, root, lua, f"""
        print(newlib_open({pointer}, NEWLIB_READ, 0));
        print(newlib_status_of_path({pointer}, &status));
        print(newlib_status_of_path("file", {pointer}));
        print(newlib_status_of_file(0, {pointer}));
        print(newlib_read(0, {pointer}, 100));
        print(newlib_write(1, {pointer}, 100));
        print(newlib_unlink({pointer}));
        print(newlib_status_of_link({pointer}, &status));
        print(newlib_status_of_link("file", {pointer}));
        print(newlib_read_at(1, {pointer}, 100, 0));
        print(newlib_write_at(1, {pointer}, 100, 0));
        print(newlib_access({pointer}, 0));
        print(newlib_make_directory({pointer}, 0));
        print(newlib_remove_directory({pointer}));
        print(newlib_open_directory({pointer}));
        print(newlib_read_directory(1, {pointer}));
        print(newlib_rename({pointer}, "x"));
        print(newlib_rename("file", {pointer}));
        print(newlib_set_times({pointer}, 0, 0));
        print(newlib_set_permissions({pointer}, 0600));
        print(newlib_read_link({pointer}, buffer, 1));
        print(newlib_read_link("file", {pointer}, 1));
        print(newlib_read_link("file", buffer, SIZE_MAX));
        print(newlib_lock(0, {pointer}, NEWLIB_TRY_LOCK));
        print(newlib_poll({pointer}, 1, 0));
        print(newlib_terminal(0, {pointer}));
        print(newlib_random({pointer}, 16));
        """) == 27 * [-EFAULT]
    assert (root / "file").read_text() == "text"


def test_memory_that_the_guest_may_not_write_is_not_written(tools, root, lua):
    (root / "file").write_text("text")
    assert call(tools, root, lua, """
        static const struct newlib_status constant = { 0 };
        int file = newlib_open("file", NEWLIB_READ, 0);

        print(newlib_read(file, (void *)(uintptr_t)"constant", 4));
        print(newlib_status_of_file(file, (struct newlib_status *)(uintptr_t)&constant));
        print(newlib_read(file, buffer, SIZE_MAX));
        print(newlib_write(file, buffer, SIZE_MAX));
        """) == 4 * [-EFAULT]


def test_files_of_the_host_have_no_number_in_the_guest(tools, root, lua):
    assert call(tools, root, lua, """
        int unreachable = 0;

        for (int file = -70; file < 1100; file++) {
                if (file >= 0 && file < 3)
                        continue;
                unreachable += newlib_read(file, buffer, 1) == -NEWLIB_EBADF &&
                               newlib_write(file, buffer, 1) == -NEWLIB_EBADF &&
                               newlib_seek(file, 0, NEWLIB_HERE) == -NEWLIB_EBADF &&
                               newlib_status_of_file(file, &status) == -NEWLIB_EBADF &&
                               newlib_close(file) == -NEWLIB_EBADF;
        }
        print(unreachable);
        print(newlib_read(INT32_MIN, buffer, 1));
        print(newlib_read(INT32_MAX, buffer, 1));
        """) == [70 + 1100 - 3, -EBADF, -EBADF]


def test_numbers_out_of_range_are_refused(tools, root, lua):
    (root / "file").write_text("text")
    assert call(tools, root, lua, """
        static char path[NEWLIB_MAX_PATH + 2];
        int file = newlib_open("file", NEWLIB_READ | NEWLIB_WRITE, 0);

        for (int i = 0; i <= NEWLIB_MAX_PATH; i++)
                path[i] = 'n';
        print(newlib_open("file", 0, 0));
        print(newlib_open("file", NEWLIB_CREATE, 0));
        print(newlib_open("file", NEWLIB_READ | 0x40, 0));
        print(newlib_open("file", -1, 0));
        print(newlib_seek(file, 0, 3));
        print(newlib_seek(file, 0, -1));
        print(newlib_seek(file, -1, NEWLIB_START));
        print(newlib_clock(4));
        print(newlib_clock(-1));
        print(newlib_open(path, NEWLIB_READ, 0));
        print(newlib_unlink(path));
        print(newlib_open("", NEWLIB_READ, 0));

        static struct newlib_poll files[NEWLIB_FILES + 1];
        static struct newlib_lock lock;

        print(newlib_poll(files, NEWLIB_FILES + 1, 0));
        print(newlib_poll(files, -1, 0));
        print(newlib_random(buffer, 257));
        print(newlib_access("file", 8));
        print(newlib_lock(file, &lock, 3));
        print(newlib_lock(file, &lock, -1));
        lock.kind = 3;
        print(newlib_lock(file, &lock, NEWLIB_TRY_LOCK));
        lock.kind = 0;
        lock.origin = 3;
        print(newlib_lock(file, &lock, NEWLIB_TEST_LOCK));
        """) == 9 * [-EINVAL] + 2 * [-ENAMETOOLONG] + [-ENOENT] + 8 * [-EINVAL]


def test_permissions_positions_and_times_cross_unchanged(tools, root, lua):
    os.umask(mask := os.umask(0))
    assert call(tools, root, lua, """
        int file = newlib_open("new", NEWLIB_READ | NEWLIB_WRITE | NEWLIB_CREATE |
                               NEWLIB_EXCLUSIVE, 0640);

        print(newlib_open("new", NEWLIB_WRITE | NEWLIB_CREATE | NEWLIB_EXCLUSIVE, 0));
        print(newlib_seek(file, 5000000000, NEWLIB_START));
        print(newlib_write(file, "end", 3));
        print(newlib_seek(file, -2, NEWLIB_END));
        print(newlib_read(file, buffer, sizeof(buffer)));
        print(newlib_status_of_path("/new", &status));
        print(status.kind);
        print(status.permissions);
        print(status.size);
        print(status.modified_ns > 1700000000000000000);
        print(newlib_close(file));
        print(newlib_close(file));
        """) == [-EEXIST, 5000000000, 3, 5000000001, 2, 0,
                 0, 0o640 & ~mask, 5000000003, 1, 0, -EBADF]


def test_any_c_program_becomes_a_guest(tools, lua, arch):
    newlib = BUILD / f"newlib/{arch}"
    compiler = run("gcc", "-print-file-name=include").stdout.strip()
    program = tools.compile("""
        #include <stdio.h>
        #include <stdlib.h>
        static int prepared;
        __attribute__((constructor)) static void prepare(void) { prepared = 1; }
        __attribute__((destructor)) static void finish(void) { puts("finished"); }
        static void last(void) { puts("last words"); }
        int main(int argc, char **argv)
        {
                atexit(last);
                printf("%d %d %s ", prepared, argc, argv[1]);
                printf("%lld %.3f\\n", 1ll << 40, 2.0 / 3);
                return 9;
        }
        """, "-D__STRICT_ANSI__", "-U__linux__", "-U__unix__", "-nostdinc",
        "-isystem", newlib / "include", "-isystem", compiler, standard="gnu11")
    libraries = ["-L", newlib / "lib", "-Wl,--start-group", "-ljumpslot", "-lc", "-lgcc",
                 "-Wl,--end-group"]
    guest = tools.link(newlib / "lib/crt0.o", program, *libraries)
    result = run_bytes(*lua.command("an argument", guest=guest))
    assert result.stdout == b"1 2 an argument 1099511627776 0.667\nlast words\nfinished\n"
    assert (result.stderr, result.returncode) == (b"", 9)
