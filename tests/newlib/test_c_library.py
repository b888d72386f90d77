"""A guest on newlib gets without its files: answers, memory, printf and a terminal."""

import subprocess

import pytest
from conftest import BUILD, MACHINE, ROOT, run
from posix_box import GUESTS, box, built, user  # noqa: F401 (fixtures)


def test_answers_clocks_and_sleep(built):
    arch, folder = built
    result = run(BUILD / "bin/host-wrapper", "--provider",
                 BUILD / f"providers/newlib-{arch}.so", folder / "answers.elf",
                 input="one\ntwo", check=False)
    assert (result.stdout, result.stderr, result.returncode) == ("0 failed\n", "", 0)


def test_memory_and_string_functions_at_every_size_alignment_and_overlap(built):
    arch, folder = built
    result = run(BUILD / "bin/host-wrapper", "--provider",
                 BUILD / f"providers/newlib-{arch}.so", folder / "memory.elf",
                 check=False)
    assert (result.stdout, result.stderr, result.returncode) == \
        ("0 differences\n", "", 0)


def test_calls_that_newlib_leaves_out(box):
    for name in "a.c", "b.c":
        (box.root / name).write_text("text")
    (box.root / "d").mkdir()
    (box.root / "d/e.c").write_text("")
    (box.root / "link").symlink_to("a.c")
    assert box.calls(program="posix", input="x") == ["0 failed"]


@pytest.mark.parametrize("locale", ["C.UTF-8"])
def test_printf_prints_the_same_as_glibc(built, tmp_path, locale):
    """long double, wide characters, and double as before."""
    arch, folder = built
    native = tmp_path / "native"
    run("gcc", MACHINE[arch], "-msse2", "-mfpmath=sse", "-O2", "-w",
        GUESTS / "prints.c", "-lm", "-o", native)
    expected = run(native, env={"LANG": locale}).stdout
    result = run(BUILD / "bin/host-wrapper", "--provider",
                 BUILD / f"providers/newlib-{arch}.so", folder / "prints.elf")
    assert result.stdout == expected


def test_positional_arguments_are_not_supported_and_crash_nothing(built, tools):
    arch, _ = built
    (tools.directory / "positional.c").write_text("""
        #include <stdio.h>
        int main(void) { printf("%2$d %1$5s|\\n", "five", 2); return 0; }
        """)
    run(ROOT / "gen/jumpslot-cc", "--newlib", f"--build={BUILD}", MACHINE[arch], "-w",
        "positional.c", "-o", "positional.elf", cwd=tools.directory)
    result = tools.wrapper("--provider", BUILD / f"providers/newlib-{arch}.so",
                           tools.directory / "positional.elf")
    assert (result.stdout, result.stderr, result.returncode) == (" $d $5s|\n", "", 0)


def test_a_terminal_tells_its_modes(built):
    """Under script(1), which gives the guest a terminal."""
    arch, folder = built
    (folder / "modes.c").write_text("""
        #include <stdio.h>
        #include <sys/ioctl.h>
        #include <termios.h>
        #include <unistd.h>
        int main(void)
        {
            struct winsize size;
            struct termios modes;
            int got = isatty(0) + tcgetattr(0, &modes) + ioctl(0, TIOCGWINSZ, &size);
            int same = tcsetattr(0, TCSANOW, &modes);
            int echo = !!(modes.c_lflag & ECHO), lines = !!(modes.c_lflag & ICANON);
            modes.c_lflag ^= ECHO;
            printf("%d %d %d %d %d %d %d\\n", got, same, echo, lines, size.ws_row,
                   size.ws_col, tcsetattr(0, TCSANOW, &modes));
        }
        """)
    run(ROOT / "gen/jumpslot-cc", "--newlib", f"--build={BUILD}", MACHINE[arch],
        folder / "modes.c", "-o", folder / "modes.elf")
    command = (f"stty rows 33 cols 44 -echo; {BUILD}/bin/host-wrapper --provider "
               f"{BUILD}/providers/newlib-{arch}.so {folder}/modes.elf")
    result = run("script", "-qec", command, "/dev/null", stdin=subprocess.DEVNULL)
    assert result.stdout.splitlines() == ["1 0 0 1 33 44 -1"]
