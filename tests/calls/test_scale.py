"""The cost of 100,000 imports and of images of 100 MB grows as it should.

Costs are instruction counts by callgrind, which do not depend on the machine's load.
"""

import functools
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import BUILD, ROOT, Toolbox, run

FILES = 100
IN_FILE = 1000  # the assembler's time is quadratic in groups per file


class Bulk:
    """Guest and provider objects of FILES x IN_FILE functions, from one template each."""

    def __init__(self, directory):
        self.tools = Toolbox(directory)
        guest, provider = self.templates()
        with ThreadPoolExecutor(2) as pool:
            self.guests = list(pool.map(lambda n: self.assemble(guest, "guest", n),
                                        range(FILES)))
            self.providers = list(pool.map(lambda n: self.assemble(provider, "host", n),
                                           range(FILES)))

    def templates(self):
        names = [f"bulk_FILE_{n:03d}" for n in range(IN_FILE)]
        declared = "".join(f"EXTERNAL_FUNC(int, {name}, int)\n" for name in names)
        calls = "".join(f"sum += {name}(1);\n" for name in names)
        guest = self.template("guest", f"""
            #include <jumpslot/external_func.h>
            {declared}
            int call_FILE(int sum);
            int call_FILE(int sum) {{ {calls} return sum; }}
            """)
        functions = "".join(f"EF({name}) int {name}(int a) {{ return a; }}\n"
                            for name in names)
        provider = self.template("provider", f"""
            #include <jumpslot/provider.h>
            JUMPSLOT_SYSCALLS_ALWAYS(JUMPSLOT_NO_SYSCALLS)
            {declared}
            {functions}
            """)
        return guest, provider

    def template(self, name, text):
        source = self.tools.write(f"{name}.c", text)
        target = self.tools.directory / f"{name}.s"
        run("gcc", "-O1", "-S", "-fPIC" if name == "provider" else "-fno-pie",
            "-ffreestanding", "-ffunction-sections", "-I", ROOT / "guest-macros",
            "-I", ROOT / "host-wrapper/include", source, "-o", target)
        return target.read_text()

    def assemble(self, template, name, number):
        source = self.tools.directory / f"{name}{number:03d}.s"
        source.write_text(template.replace("FILE", f"{number:03d}"))
        target = source.with_suffix(".o")
        run("as", source, "-o", target)
        source.unlink()
        return target

    @functools.lru_cache
    def build(self, files):
        """A guest that calls the functions of that many files, and its provider."""
        tools = self.tools
        calls = "".join(f"int call_{n:03d}(int); sum = call_{n:03d}(sum);\n"
                        for n in range(files))
        main = tools.compile(f"""
            #include <jumpslot/entry.h>
            #include <jumpslot/external_func.h>
            JUMPSLOT_ENTRY(info)
            {{
                    int sum = 0;
                    (void)info;
                    {calls}
                    return sum == {files * IN_FILE} ? 0 : 1;
            }}
            """, name=f"main{files}")
        # Stripped: callgrind has a record for each function with a name.
        guest = tools.link(main, *self.guests[:files], name=f"bulk{files}", flags=["-s"])
        provider = tools.directory / f"bulk{files}.so"
        run("gcc", "-shared", "-s", *self.providers[:files], "-o", provider)
        return guest, provider


@pytest.fixture(scope="module")
def bulk(tmp_path_factory):
    return Bulk(tmp_path_factory.mktemp("bulk"))


def instructions(tools, *command):
    """callgrind's count for the last program that the command executes."""
    result = run("valgrind", "--tool=callgrind", "--trace-children=yes",
                 f"--callgrind-out-file={tools.directory}/callgrind.%p",
                 BUILD / "bin/host-wrapper", "--sandbox=off", *command, check=False)
    assert result.returncode == 0, result.stderr
    return int(re.findall(r"Collected : (\d+)", result.stderr)[-1])


def test_100000_imports_are_reported_loaded_and_called(bulk):
    guest, provider = bulk.build(FILES)
    tools = bulk.tools
    listed = tools.wrapper("--list", "--provider", provider, guest)
    assert listed.returncode == 0
    assert listed.stdout.count("  ok\n") == FILES * IN_FILE
    for bind in "lazy", "now":
        result = tools.wrapper("--bind", bind, "--provider", provider, guest)
        assert (result.stderr, result.returncode) == ("", 0), bind


def test_100000_missing_imports_are_all_named(bulk):
    guest, _ = bulk.build(FILES)
    result = bulk.tools.wrapper(guest)
    assert result.stderr.count("\n  missing: int32_t bulk_") == FILES * IN_FILE
    assert result.returncode == 127


@pytest.mark.not_sanitized("valgrind does not run them")
@pytest.mark.parametrize("what,options,sizes", [
    ("report", ["--list"], [10, 50, FILES]),
    # Fewer imports, because callgrind translates every function that runs. More than
    # 16,384, because libc clears smaller tables itself; the kernel clears larger ones.
    ("load and run", ["--in-place"], [17, 25, 33]),
    ("bind all and run", ["--in-place", "--bind", "now"], [17, 25, 33]),
])
def test_cost_grows_linearly_with_the_number_of_imports(bulk, what, options, sizes):
    cost = []
    for files in sizes:
        guest, provider = bulk.build(files)
        cost.append(instructions(bulk.tools, *options, "--provider", provider, guest))
    slopes = [(cost[i + 1] - cost[i]) / (sizes[i + 1] - sizes[i]) for i in (0, 1)]
    assert 0.9 < slopes[1] / slopes[0] < 1.1, (what, cost)


@pytest.mark.not_sanitized("valgrind does not run them")
@pytest.mark.parametrize("what,options", [("report", ["--list"]),
                                          ("run", ["--in-place"])])
def test_cost_does_not_grow_with_the_size_of_the_image(tools, what, options):
    cost = []
    for size in 1, 100_000_000:
        data = tools.directory / f"data{size}"
        with open(data, "wb") as file:
            file.truncate(size)
        guest = tools.guest(f"""
            #include <jumpslot/entry.h>
            #include <jumpslot/virt_bsp.h>
            extern const char large[];
            __asm__(".section .rodata.large, \\"a\\"\\n"
                    "large: .incbin \\"{data}\\"\\n"
                    ".text");
            JUMPSLOT_ENTRY(info)
            {{
                    (void)info;
                    return _BSP_Virtual_Console_write(large, 1) != 1;
            }}
            """, name=f"size{size}", flags=["-Wl,-Ttext-segment=0x20000000"])
        cost.append(instructions(tools, *options, guest))
    assert abs(cost[1] - cost[0]) < cost[0] / 50, (what, cost)
