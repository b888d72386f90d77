"""A second provider uses a file that the guest opened by newlib's provider."""

import re

import pytest
from conftest import BUILD, MACHINE, ROOT, run
from conftest import each_arch as arch  # noqa: F401

import doc_page

COUNT = """
    #include <jumpslot/provider.h>
    #include <jumpslot/newlib_files.h>
    #include <errno.h>
    EXTERNAL_FUNC(int, ask, int, int)
    EF(ask)
    JUMPSLOT_SYSCALLS(ask, JUMPSLOT_NO_SYSCALLS)
    int ask(int file, int access)
    {
        int descriptor, before = errno = 77;

        descriptor = jumpslot_newlib_descriptor(file, access);
        return errno != before ? 1000 : descriptor < 0 ? descriptor : 1;
    }
    """
GUEST = """
    #include <fcntl.h>
    #include <limits.h>
    #include <stdio.h>
    #include <unistd.h>
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC(int, ask, int, int)
    static void show(const char *name, int file)
    {
        printf("%s: %d %d %d\\n", name, ask(file, 1), ask(file, 2), ask(file, 3));
    }
    int main(void)
    {
        int file = open("f", O_RDONLY);

        show("reading", file);
        show("writing", open("f", O_WRONLY));
        show("both", open("f", O_RDWR | O_APPEND));
        close(file);
        show("closed", file);
        show("never open", 60);
        show("negative", -1);
        show("too large", INT_MAX);
        printf("access: %d %d %d\\n", ask(0, 0), ask(0, 4), ask(0, -1));
        show("console", 0);
        close(0);
        show("closed console", 0);
    }
    """


def test_the_example_of_the_page_prints_the_output_that_the_page_shows(tmp_path):
    page = (ROOT / "docs/providers.md").read_text()
    section = page[page.index("\n## 10. "):].replace("```bash\n", "```sh\n")
    (commands, shown), = doc_page.steps(section)
    top = doc_page.tree(tmp_path)
    commands = commands.replace("jumpslot-cc --newlib",
                                f"jumpslot-cc --newlib --build '{BUILD}'")
    commands = f"mkdir -p build/try && cd build/try\n{commands}"
    assert doc_page.run([commands], top) == [shown]


@pytest.fixture
def second(tmp_path, arch):
    """(newlib's provider, the second one, the guest), in a folder with a root."""
    (tmp_path / "root").mkdir()
    (tmp_path / "root/f").write_text("")
    (tmp_path / "second.c").write_text(COUNT)
    (tmp_path / "guest.c").write_text(GUEST)
    newlib = BUILD / f"providers/newlib-{arch}.so"
    cc = ROOT / "gen/jumpslot-cc"
    run(cc, "--provider", MACHINE[arch], "-O2", "second.c", newlib, "-o", "second.so",
        cwd=tmp_path)
    run(cc, "--newlib", f"--build={BUILD}", MACHINE[arch], "-O2", "guest.c",
        "-o", "guest.elf", cwd=tmp_path)
    return (f"{newlib},root={tmp_path}/root", tmp_path / "second.so",
            tmp_path / "guest.elf")


def test_a_number_that_is_closed_or_open_for_something_else_is_refused(second, tools):
    newlib, provider, guest = second
    result = tools.wrapper("--provider", newlib, "--provider", provider, guest)
    assert (result.stderr, result.returncode) == ("", 0)
    assert result.stdout.splitlines()[:-2] == [
        "reading: 1 -9 -9", "writing: -9 1 -9", "both: 1 1 1", "closed: -9 -9 -9",
        "never open: -9 -9 -9", "negative: -9 -9 -9", "too large: -9 -9 -9",
        "access: -22 -22 -22"]
    assert re.fullmatch("console: 1 (1 1|-9 -9)", result.stdout.splitlines()[-2])
    assert result.stdout.splitlines()[-1] == "closed console: -9 -9 -9"


def test_without_newlibs_provider_the_second_one_does_not_start(second, tools):
    newlib, provider, guest = second
    result = tools.wrapper("--provider", provider, "--provider", newlib, guest)
    assert "jumpslot-newlib.so: cannot open shared object file" in result.stderr
    assert result.returncode == 125
