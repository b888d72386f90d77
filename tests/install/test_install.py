"""`make install` gives users what they need, wherever it lies and whoever they are.

The tree is installed, moved, and used by an ordinary user from an empty folder.
"""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from conftest import BUILD, HANGS, MAKE_BUILD, ROOT, run
from doc_page import steps

NOBODY = 65534
COMMANDS = ["host-wrapper", "gen-func-list", "find-privileged", "jumpslot-cc",
            "monitor-model"]
MAN = ROOT / "packaging/man"

LAMP_H = """#include <jumpslot/external_func.h>
EXTERNAL_FUNC(int, lamp_switch, int)
"""
GUEST_C = """#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include "lamp.h"

JUMPSLOT_ENTRY(info)
{
	(void)info;
	_BSP_Virtual_Console_write("on\\n", 3);
	return lamp_switch(4);
}
"""
PROVIDER_C = """#include <jumpslot/provider.h>
#include "lamp.h"
#include LIST

JUMPSLOT_SYSCALLS(lamp_switch, JUMPSLOT_NO_SYSCALLS)
int lamp_switch(int on)
{
	return 3 + on;
}
"""
PROGRAM_C = """#include <stdio.h>
int main(void)
{
	printf("%.3f\\n", 1.5);
}
"""


@pytest.fixture(scope="module")
def prefix():
    """An installed tree, moved after its installation. Every user may read it."""
    folder = Path(tempfile.mkdtemp(prefix="jumpslot-install-"))
    folder.chmod(0o755)
    subprocess.run(["make", "install", MAKE_BUILD, f"DESTDIR={folder}/staged",
                    "PREFIX=/usr/local"], cwd=ROOT, check=True, timeout=HANGS,
                   stdout=subprocess.DEVNULL)
    (folder / "staged/usr/local").rename(folder / "moved")
    yield folder / "moved"
    shutil.rmtree(folder)


@pytest.fixture
def home(prefix):
    """An ordinary user's empty folder."""
    folder = Path(tempfile.mkdtemp(prefix="jumpslot-home-"))
    if os.getuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


def ordinary_user():
    """The arguments of subprocess for it."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 \
        else {}


def use(prefix, home, *command, status=0):
    """Run a command as an ordinary user; return its standard output."""
    done = subprocess.run(
        [str(word) for word in command], cwd=home, text=True, timeout=HANGS,
        **ordinary_user(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={"PATH": f"{prefix}/bin:/usr/bin:/bin", "HOME": str(home),
             "PKG_CONFIG_PATH": f"{prefix}/share/pkgconfig",
             "CMAKE_PREFIX_PATH": str(prefix)})
    assert (done.returncode, done.stderr) == (status, ""), done.stdout + done.stderr
    return done.stdout


def write(home, **files):
    for name, text in files.items():
        (home / name.replace("__", ".")).write_text(text)


@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_make_builds_guest_and_provider_outside_the_tree(prefix, home, arch):
    write(home, lamp__h=LAMP_H, guest__c=GUEST_C, lamp__c=PROVIDER_C, Makefile=f"""\
all: guest.elf lamp.so
include $(shell pkg-config --variable=makefile jumpslot-guest)
JUMPSLOT_ARCH = {arch}
CFLAGS = -O2 -Wall -Werror -DLIST='"lamp_list.h"'
guest.elf: guest.o
lamp.so: lamp.c lamp_list.h
lamp_list.h: guest.elf
""")
    use(prefix, home, "make")
    assert use(prefix, home, "host-wrapper", "--provider", "./lamp.so", "guest.elf",
               status=7) == "on\n"
    machine = re.search(r"Machine: +(.*)", use(prefix, home, "readelf", "-h", "lamp.so"))
    assert machine[1] == {"x86_64": "Advanced Micro Devices X86-64",
                          "i386": "Intel 80386"}[arch]


def test_make_builds_again_for_another_processor_or_with_other_flags(prefix, home):
    write(home, lamp__h=LAMP_H, guest__c=GUEST_C, lamp__c=PROVIDER_C.replace("3", "PLUS"),
          Makefile="""\
include $(shell pkg-config --variable=makefile jumpslot-guest)
all: guest.elf lamp.so
CFLAGS = -O2 -DLIST='"lamp_list.h"' -DPLUS=$(PLUS)
PLUS = 3
guest.elf: guest.o
lamp.so: lamp.c lamp_list.h
lamp_list.h: guest.elf
""")
    for words, machine, status in [([], "X86-64", 7),
                                   (["JUMPSLOT_ARCH=i386"], "Intel 80386", 7),
                                   (["JUMPSLOT_ARCH=i386", "PLUS=4"], "Intel 80386", 8)]:
        use(prefix, home, "make", *words)
        for file in ["guest.elf", "lamp.so"]:
            assert machine in use(prefix, home, "readelf", "-h", file)
        assert use(prefix, home, "host-wrapper", "--provider", "./lamp.so", "guest.elf",
                   status=status) == "on\n"
        assert use(prefix, home, "make", *words) == ""


@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_a_provider_becomes_a_partition_library_outside_the_tree(prefix, home, arch):
    write(home, lamp__h=LAMP_H, guest__c=GUEST_C,
          lamp__c=PROVIDER_C.replace("LIST", '"func_list.h"'), Makefile=f"""\
all: guest.elf lamp.lib
include $(shell pkg-config --variable=makefile jumpslot-guest)
JUMPSLOT_ARCH = {arch}
guest.elf: guest.o
lamp.lib: lamp.c func_list.h
func_list.h: guest.elf
""", CMakeLists__txt=f"""\
cmake_minimum_required(VERSION 3.20)
project(lamp C)
find_package(jumpslot REQUIRED)
jumpslot_add_guest(guest ARCH {arch} guest.c)
jumpslot_add_provider(lamp GUEST guest PARTITION lamp.c)
""", flight__toml="""\
module = { frame = "10 ms" }
[[partition]]
name = "lit"
guest = "guest.elf"
libraries = ["./lamp.lib"]
[[schedule]]
name = "normal"
slots = [{ partition = "lit", at = "0 ms", length = "9 ms" }]
""")
    use(prefix, home, "make")
    use(prefix, home, "cmake", "-S", ".", "-B", "out")
    use(prefix, home, "cmake", "--build", "out")
    monitor = ["host-wrapper", "--host", "monitor", "--work-area", "64K"]
    for folder in "", "out/":
        assert use(prefix, home, *monitor, "--provider", f"{folder}lamp.lib",
                   f"{folder}guest.elf", status=7) == "on\n"
    use(prefix, home, "monitor-model", "flight.toml", "-o", "flight.model")
    ran = use(prefix, home, "sh", "-c", "host-wrapper --host monitor --model "
              "flight.model 2>&1", status=7)
    assert ran.startswith("on\n") and ran.endswith("host-wrapper: lit: exit 7\n")


@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_cmake_builds_guest_and_provider_outside_the_tree(prefix, home, arch):
    write(home, lamp__h=LAMP_H, guest__c=GUEST_C, program__c=PROGRAM_C,
          lamp__c=PROVIDER_C.replace("LIST", '"func_list.h"'), CMakeLists__txt=f"""\
cmake_minimum_required(VERSION 3.20)
project(lamp C)
find_package(jumpslot 0.2 REQUIRED)
jumpslot_add_guest(guest ARCH {arch} guest.c)
jumpslot_add_provider(lamp GUEST guest lamp.c)
jumpslot_add_guest(program ARCH {arch} NEWLIB program.c)
""".replace("jumpslot 0.2 ", f"jumpslot {(ROOT / 'VERSION').read_text().strip()} "))
    use(prefix, home, "cmake", "-S", ".", "-B", "out")
    use(prefix, home, "cmake", "--build", "out")
    assert use(prefix, home, "host-wrapper", "--provider", "out/lamp.so",
               "out/guest.elf", status=7) == "on\n"
    assert use(prefix, home, "host-wrapper", "--provider",
               f"{prefix}/lib/jumpslot/providers/newlib-{arch}.so",
               "out/program.elf") == "1.500\n"


def test_cmake_builds_again_after_a_change_of_a_header(prefix, home):
    write(home, lamp__h=LAMP_H, guest__c=GUEST_C, CMakeLists__txt="""\
cmake_minimum_required(VERSION 3.20)
project(lamp C)
find_package(jumpslot REQUIRED)
jumpslot_add_guest(guest guest.c)
""")
    use(prefix, home, "cmake", "-S", ".", "-B", "out")
    use(prefix, home, "cmake", "--build", "out")
    write(home, lamp__h=LAMP_H.replace("int)", "long)"))
    use(prefix, home, "cmake", "--build", "out")
    assert "int lamp_switch(long)" in use(prefix, home, "gen-func-list",
                                               "out/guest.elf")


def test_cmake_refuses_another_version_and_another_processor(prefix, home):
    write(home, guest__c=GUEST_C, CMakeLists__txt="""\
cmake_minimum_required(VERSION 3.20)
project(lamp C)
find_package(jumpslot 99 QUIET)
if(NOT jumpslot_FOUND)
	file(WRITE refused "")
endif()
find_package(jumpslot REQUIRED)
jumpslot_add_guest(guest ARCH sparc guest.c)
""")
    done = subprocess.run(["cmake", "-S", home, "-B", home / "out"], text=True,
                          stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                          env={**os.environ, "CMAKE_PREFIX_PATH": str(prefix)},
                          timeout=HANGS)
    assert done.returncode == 1
    assert "jumpslot: ARCH sparc (expected x86_64 or i386)" in done.stderr
    assert (home / "refused").exists()


def test_pkg_config_has_the_flags_of_guests_and_providers(prefix, home):
    write(home, lamp__h=LAMP_H, guest__c=GUEST_C,
          lamp__c=PROVIDER_C.replace("LIST", '"list.h"'))
    use(prefix, home, "sh", "-ec", """
gcc -O2 guest.c -o guest.elf $(pkg-config --cflags --libs jumpslot-guest)
gen-func-list --provided-by "$(dirname "$(readlink -f "$(command -v host-wrapper)")"
    )/jumpslot-runner-x86_64" guest.elf -o list.h
gcc -O2 -fPIC lamp.c -o lamp.so $(pkg-config --cflags --libs jumpslot-provider)""")
    assert use(prefix, home, "host-wrapper", "--provider", "./lamp.so", "guest.elf",
               status=7) == "on\n"


def test_every_example_of_the_page_prints_what_it_shows(prefix, home):
    examples = steps((ROOT / "docs/installing.md").read_text())
    assert len(examples) == 3
    for commands, shown in examples:
        assert use(prefix, home, "sh", "-c", commands) == shown


def test_every_command_answers_from_its_new_place(prefix, home):
    version = (ROOT / "VERSION").read_text().strip()
    for command in COMMANDS:
        assert use(prefix, home, command, "--help").startswith("usage: ")
    for command in COMMANDS[:3]:
        assert f"{command} {version}" in use(prefix, home, command, "--version")


def test_no_installed_text_names_the_checkout(prefix):
    for file in prefix.rglob("*"):
        if file.is_file() and not file.is_symlink():
            content = file.read_bytes()
            if b"\0" not in content:
                assert str(ROOT).encode() not in content, file


def test_every_link_leads_into_the_installed_tree(prefix):
    links = [file for file in prefix.rglob("*") if file.is_symlink()]
    assert len(links) >= len(COMMANDS)
    for file in links:
        assert file.resolve().is_relative_to(prefix), file


def test_the_installed_pages_have_no_dead_links(prefix):
    pages = list((prefix / "share/doc/jumpslot").rglob("*.md"))
    assert len(pages) > 30
    for page in pages:
        prose = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S)
        for link in re.findall(r"\]\(([^)\s#]+)[^)\s]*\)", prose):
            assert "://" in link or (page.parent / link).exists(), (page, link)


def test_programs_of_the_documentation_are_installed_as_programs(prefix, home):
    program = prefix / "share/doc/jumpslot/docs/pictures/draw-trace"
    assert program.stat().st_mode & 0o777 == 0o755
    write(home, trace='{"traceEvents": []}')
    use(prefix, home, program, "trace", "picture.svg")


def test_the_installed_example_builds_with_its_makefile(prefix, home):
    printed = use(prefix, home, "sh", "-ec", f"""
cp -r {prefix}/share/doc/jumpslot/examples/calculator .
cd calculator
make -s
host-wrapper --provider provider.so calculator.elf""")
    assert "root" in printed


def test_the_synopsis_of_macros_has_no_semicolons():
    page = subprocess.run(["mandoc", "-T", "ascii", MAN / "EXTERNAL_FUNC.3"], text=True,
                          stdout=subprocess.PIPE, check=True, timeout=HANGS).stdout
    plain = re.sub(".\b", "", page)
    assert "EXTERNAL_FUNC(ret, func, types ...)\n" in plain
    assert not re.search(r"EXTERNAL_FUNC\w*\([^)]*\);", plain)


def test_an_unknown_part_is_refused(tmp_path):
    done = subprocess.run([ROOT / "packaging/install-files", "games"], text=True,
                          stderr=subprocess.PIPE, timeout=HANGS,
                          env={**os.environ, "BUILD": str(BUILD), "ROOT": str(tmp_path)})
    assert (done.returncode, done.stderr) == (
        2, "install-files: games: no such part (expected host, dev or doc)\n")


def help_options(prefix, home, command):
    text = use(prefix, home, command, "--help")
    return set(re.findall(r"(?<![\w.-])(--?[a-zA-Z#][\w#-]*)", text))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_manual_page_has_each_option_that_help_has(prefix, home, command):
    wanted = {option for option in help_options(prefix, home, command)
              if option.startswith("--")}
    assert wanted
    text = (MAN / f"{command}.1").read_text()
    for option in wanted:
        assert re.search(rf"\.It Fl .*?{re.escape(option[1:])}(?![\w-])", text), option


@pytest.mark.parametrize("page", sorted(MAN.iterdir()), ids=lambda page: page.name)
def test_a_manual_page_is_well_formed(page):
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], text=True,
                          stdout=subprocess.PIPE, timeout=HANGS)
    assert (done.returncode, done.stdout) == (0, "")


def complete_by_bash(prefix, home, *words):
    return use(prefix, home, "bash", "-c", f"""
. {prefix}/share/bash-completion/completions/{words[0]}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
$(complete -p {words[0]} | sed 's/.* -F \\([^ ]*\\) .*/\\1/')
printf '%s\\n' "${{COMPREPLY[@]}}" """, "bash", *words).split()


def commands_of_ctl(prefix, home):
    """Those of its help, each once and in its order, and the help itself."""
    shown = use(prefix, home, "host-wrapper", "ctl", "--help")
    return list(dict.fromkeys(re.findall(r"^  ([a-z]+)", shown, re.M))) + ["help"]


def test_bash_completes_options_values_and_files(prefix, home):
    write(home, guest__elf="")
    assert complete_by_bash(prefix, home, "host-wrapper", "--tim") == ["--timeout"]
    assert set(complete_by_bash(prefix, home, "host-wrapper", "--")) == {
        option for option in help_options(prefix, home, "host-wrapper")
        if option.startswith("--")}
    assert complete_by_bash(prefix, home, "host-wrapper", "--bind", "n") == ["now"]
    assert complete_by_bash(prefix, home, "host-wrapper", "--bind", "=") == [
        "lazy", "now"]
    assert complete_by_bash(prefix, home, "host-wrapper", "gu") == ["guest.elf"]
    assert complete_by_bash(prefix, home, "host-wrapper", "ct") == ["ctl"]
    assert complete_by_bash(prefix, home, "host-wrapper", "--bind", "now", "ct") == []
    assert complete_by_bash(prefix, home, "host-wrapper", "ctl", "path", "") == \
        commands_of_ctl(prefix, home)
    for words, values in [
            (["--clock", ""], ["host", "guest"]), (["--sandbox", "s"], ["strict"]),
            (["--report", "="], ["json"]), (["ctl", "path", "st"], ["stats", "stop"]),
            (["ctl", "path", "trace", ""], ["on", "off"]),
            (["--bind", "now", "--tim"], ["--timeout"]),
            (["--report", "=", "json", "--tim"], ["--timeout"]),
            (["--", "--tim"], []), (["guest.elf", "--tim"], [])]:
        assert complete_by_bash(prefix, home, "host-wrapper", *words) == values, words
    options = complete_by_bash(prefix, home, "host-wrapper", "--")
    assert len(options) == len(set(options))


def listed_options(prefix, home, command):
    """Those that have a line of the help, by their long name."""
    text = use(prefix, home, command, "--help")
    return re.findall(r"^  (?:-h, )?(-[^\s,]+)", text, re.MULTILINE)


TOOLS = [command for command in COMMANDS if command != "host-wrapper"]


@pytest.mark.parametrize("command", TOOLS)
def test_bash_completes_options_and_files_of_the_tools(prefix, home, command):
    write(home, guest__elf="")
    assert complete_by_bash(prefix, home, command, "-") == \
        listed_options(prefix, home, command)
    assert complete_by_bash(prefix, home, command, "--he") == ["--help"]
    assert complete_by_bash(prefix, home, command, "gu") == ["guest.elf"]
    assert complete_by_bash(prefix, home, command, "-o", "gu") == ["guest.elf"]
    assert "guest.elf" in complete_by_bash(prefix, home, command, "--provided-by", "=")


@pytest.fixture
def controlled(prefix, home):
    """A running guest that host-wrapper ctl control reaches."""
    guest = subprocess.Popen(
        [f"{prefix}/bin/host-wrapper", "--control", "control",
         BUILD / "guests/rtos-shell-x86_64.elf"],
        cwd=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **ordinary_user())
    assert guest.stdout.read(1)
    yield
    guest.communicate(b"exit 0\n", timeout=HANGS)
    assert guest.returncode == 0


IMPORTS = {"_BSP_Virtual_Console_write", "_CPU_Virtual_Wait_for_event"}
BEFORE_A_FUNCTION = [["trace", "on"], ["revoke"], ["restore"], ["use"]]


@pytest.mark.parametrize("before", BEFORE_A_FUNCTION, ids=" ".join)
def test_bash_completes_functions_of_a_running_guest(prefix, home, controlled, before):
    offered = complete_by_bash(prefix, home, "host-wrapper", "ctl", "control", *before,
                               "_")
    assert IMPORTS < set(offered)
    assert "built-in" not in offered
    assert complete_by_bash(prefix, home, "host-wrapper", "ctl", "con") == ["control"]


COMPLETED_BY = {command: "gen-func-list" for command in TOOLS}


def complete_by_zsh(prefix, home, *words):
    file = "_" + COMPLETED_BY.get(words[0], words[0])
    return use(prefix, home, "zsh", "-fc", f"""
_describe() {{ print -l -- ${{(P)2}} }}
_values() {{ shift; print -l -- $* }}
_message() {{ print $1 }}
_files() {{ print FILES }}
words=("$@"); CURRENT=$#
complete_it() {{ . {prefix}/share/zsh/site-functions/{file} }}
complete_it""", "zsh", *words).splitlines()


def test_zsh_completes_options_with_their_descriptions(prefix, home):
    options = complete_by_zsh(prefix, home, "host-wrapper", "--")
    assert "--timeout:kill the guest after that time" in options
    assert {re.split("[:=]", option)[0] for option in options} == {
        option for option in help_options(prefix, home, "host-wrapper")
        if option.startswith("--")}
    assert complete_by_zsh(prefix, home, "host-wrapper", "--bind", "") == ["lazy", "now"]
    assert len(options) == len({option.split(":")[0] for option in options})
    assert complete_by_zsh(prefix, home, "host-wrapper", "--sandbox", "") == [
        "on", "strict", "off"]
    assert complete_by_zsh(prefix, home, "host-wrapper", "ctl", "path", "trace", "") == [
        "on", "off"]
    assert complete_by_zsh(prefix, home, "host-wrapper", "") == ["ctl", "FILES"]
    assert complete_by_zsh(prefix, home, "host-wrapper", "--raw", "") == ["FILES"]
    assert complete_by_zsh(prefix, home, "host-wrapper", "ctl", "path", "") == \
        commands_of_ctl(prefix, home)


@pytest.mark.parametrize("folder,name", [("/usr", "vendor-completions"),
                                         ("/usr/local", "site-functions")])
def test_zsh_searches_the_folder_of_its_completions(tmp_path, folder, name):
    run("make", "install-host", MAKE_BUILD, f"DESTDIR={tmp_path}",
        f"PREFIX={folder}", cwd=ROOT)
    assert (tmp_path / f"{folder}/share/zsh/{name}/_host-wrapper".lstrip("/")).exists()
    assert f"{folder}/share/zsh/{name}" in \
        run("zsh", "-fc", "print -l $fpath").stdout.splitlines()


@pytest.mark.parametrize("command", TOOLS)
def test_zsh_completes_options_and_files_of_the_tools(prefix, home, command):
    page = f"{prefix}/share/zsh/site-functions/_{COMPLETED_BY[command]}"
    assert command in Path(page).read_text().splitlines()[0].split()
    options = complete_by_zsh(prefix, home, command, "-")
    assert "--help:print this text and exit" in options
    assert [option.split(":")[0] for option in options] == \
        listed_options(prefix, home, command)
    assert complete_by_zsh(prefix, home, command, "-o", "") == ["FILES"]


@pytest.mark.parametrize("before", BEFORE_A_FUNCTION, ids=" ".join)
def test_zsh_completes_functions_of_a_running_guest(prefix, home, controlled, before):
    offered = complete_by_zsh(prefix, home, "host-wrapper", "ctl", "control", *before, "")
    assert IMPORTS < set(offered)
    assert "built-in" not in offered
