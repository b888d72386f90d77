"""A program on newlib has thread-local variables, if clang emulates them."""

import pytest
from conftest import BUILD, MACHINE, ROOT, run

PROGRAM = """
    #include <stdio.h>
    #include <stdlib.h>
    #include <jumpslot/emulated_tls.h>
    JUMPSLOT_EMULATED_TLS(malloc)
    static _Thread_local int counter = 41;
    static _Thread_local char text[4096];
    int main(void)
    {
            sprintf(text, "%d", ++counter);
            return puts(text) == EOF;
    }
    """


@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_a_thread_local_variable_keeps_its_value(tmp_path, arch, monkeypatch):
    monkeypatch.setenv("CC", "clang")
    source = tmp_path / "program.c"
    source.write_text(PROGRAM)
    run(ROOT / "gen/jumpslot-cc", "--newlib", f"--build={BUILD}", MACHINE[arch],
        "-femulated-tls", "-O2", "-Wall", "-Werror", source, "-o", tmp_path / "guest.elf")
    result = run(BUILD / "bin/host-wrapper", "--provider",
                 BUILD / f"providers/newlib-{arch}.so", tmp_path / "guest.elf")
    assert (result.stdout, result.stderr) == ("42\n", "")
