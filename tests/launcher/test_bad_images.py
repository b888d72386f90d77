"""Images that are not guests are refused in one line, before anything is mapped."""

import os
import struct

import pytest
from conftest import BUILD, run, without_account

WRAPPER = BUILD / "bin/host-wrapper"
HELLO = BUILD / "guests/hello-x86_64.elf"
SOURCE = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    %s
    JUMPSLOT_ENTRY(info) { (void)info; %s }
    """


def reason(result, path):
    """The one line that is said of a refused file, without what it begins with."""
    start = f"host-wrapper: {path}: "
    assert (result.stdout, result.returncode) == ("", 126), result
    assert result.stderr.startswith(start) and result.stderr.count("\n") == 1
    assert result.stderr.endswith("\n")
    return result.stderr[len(start):-1]


def refused(tools, path):
    return reason(tools.wrapper(path), path)


def damaged(tools, *changes, size=None):
    """hello with (offset, format, value) changed, and cut to a size."""
    image = bytearray(HELLO.read_bytes())
    for offset, form, value in changes:
        struct.pack_into("<" + form, image, offset, value)
    path = tools.directory / "damaged.elf"
    path.write_bytes(image[:size])
    return path


def test_the_guest_that_is_damaged_below_is_a_good_one(tools):
    result = tools.wrapper(damaged(tools))
    assert (result.stdout, result.stderr, result.returncode) == (
        "Hello from a guest.\n", "", 0)


@pytest.mark.parametrize("changes,size,message", [
    ([], 0, "the file is empty"),
    ([], 3, "not an ELF file"),
    ([], 40, "the ELF header is cut short"),
    ([], 0x800, "section headers of 64 bytes"),
    ([(0, "B", 0)], None, "not an ELF file"),
    ([(4, "B", 1)], None, "ELF class 1 does not fit machine 62"),
    ([(5, "B", 2)], None, "ELF data encoding 2: not little-endian"),
    ([(16, "H", 1)], None, "ELF type ET_REL: not a linked image"),
    ([(18, "H", 183)], None, "ELF machine 183: not supported (expected x86-64 or i386)"),
    ([(24, "Q", 0x1000)], None, "the entry 0x1000 lies outside executable code"),
    ([(40, "Q", 0)], None, "no section headers: were they stripped?"),
    ([(56, "H", 0)], None, "nothing to load: no PT_LOAD segment"),
    ([(56, "H", 0xffff)], None, "65535 segments or more"),
    ([(60, "H", 0)], None, "the ELF header does not say how many section headers"),
])
def test_a_damaged_header_is_refused_in_one_line(tools, changes, size, message):
    assert message in refused(tools, damaged(tools, *changes, size=size))


def test_a_provider_in_place_of_the_guest_is_told_apart(tools):
    provider = tools.provider("#include <jumpslot/provider.h>\n")
    assert refused(tools, provider) == \
        "a shared library (expected a guest; a provider is named by --provider)"


@pytest.mark.parametrize("name,message", [
    ("nowhere.elf", "No such file or directory"),
    (".", "not a regular file"),
    ("pipe", "not a regular file"),
    ("text", "not an ELF file"),
    ("loop", "Too many levels of symbolic links"),
    ("text/guest.elf", "Not a directory"),
])
def test_what_is_no_file_with_a_guest_is_refused_in_one_line(tools, name, message):
    os.mkfifo(tools.directory / "pipe")
    (tools.directory / "loop").symlink_to("loop")
    tools.write("text", "#!/bin/sh\necho not a guest\n")
    assert refused(tools, tools.directory / name) == message


def test_a_guest_that_may_not_be_read_is_refused_in_one_line(tools):
    guest = damaged(tools)
    guest.chmod(0)
    # Root reads everything unless it gives that up.
    weak = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    result = run(*(weak if os.getuid() == 0 else []), WRAPPER, guest, check=False)
    assert reason(result, guest) == "Permission denied"


def test_a_host_program_is_refused_in_one_line(tools):
    assert refused(tools, "/bin/true") == (
        "a dynamic program (PT_INTERP): guests are linked statically")


def test_a_static_program_without_the_note_is_refused_in_one_line(tools):
    guest = tools.guest("void _start(void); void _start(void) { }")
    assert refused(tools, guest) == (
        "no section .note.jumpslot or .externals.jmptbl: no file of the guest includes "
        "jumpslot/external_func.h (needed even without imports)")


def test_thread_local_storage_is_refused_in_one_line(tools):
    guest = tools.guest(SOURCE % ("static _Thread_local volatile int x;", "return x;"))
    assert refused(tools, guest) == (
        "thread-local storage (PT_TLS) needs FS or GS, which belong to the host: "
        "link newlib instead of glibc (docs/lua-guest.md)")


def test_writable_code_is_refused_in_one_line(tools):
    guest = tools.guest(SOURCE % ("", "return 0;"), flags=["-Wl,-N"], script=False)
    assert refused(tools, guest).endswith(
        " is writable and executable: linkscripts/guest-*.ld keep code and data apart")


def test_a_guest_at_page_zero_is_refused_in_one_line(tools):
    guest = tools.guest(SOURCE % ("", "return 0;"), flags=["-Wl,-Ttext-segment=0"])
    assert refused(tools, guest) == (
        "segment 0 at 0x0: page zero stays unmapped, to catch null pointers")


def test_a_guest_where_the_runner_lies_is_refused_and_overwrites_nothing(tools):
    """With a provider: the kernel puts static programs elsewhere."""
    place = 0x555555554000  # of position-independent programs, unless randomized
    body = '_BSP_Virtual_Console_write("ran\\n", 4); return 0;'
    guest = tools.guest(SOURCE % ("", body), "-mcmodel=large",
                        flags=[f"-Wl,-Ttext-segment={place:#x}"])
    line = reason(run("setarch", "-R", WRAPPER, "--provider",
                      BUILD / "providers/calculator-x86_64.so", guest, check=False),
                  guest)
    assert line.startswith(f"segment 0 at {place:#x}-")
    assert f": the runner's own {BUILD}/bin/jumpslot-runner-x86_64 at 0x" in line
    assert line.endswith(" is there; link the guest elsewhere")


def test_a_guest_cut_short_while_it_runs_is_a_report(tools):
    declaration = "EXTERNAL_FUNC(int, cut_short, void)"
    guest = tools.guest(SOURCE % (
        declaration + "\nstatic const char far[0x100000] = { [0xfffff] = 1 };",
        "return cut_short() ? 1 : ((volatile const char *)far)[0x80000];"))
    provider = tools.provider(f"""
        #include <jumpslot/provider.h>
        #include <unistd.h>
        {declaration}
        EF(cut_short)
        int cut_short(void) {{ return truncate("{guest}", 0x3000); }}
        """)
    result = tools.wrapper("--sandbox=off", "--provider", provider, guest)
    assert (result.stdout, result.returncode) == ("", 135)
    assert result.stderr.startswith(
        f"host-wrapper: {guest}: stopped by signal 7 (Bus error): its file was cut short "
        "while it ran, and ends before the contents of 0x")
    assert without_account(result.stderr).count("\n") == 1
