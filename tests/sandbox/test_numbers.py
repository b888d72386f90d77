"""A guest gets only the system calls that its imports need, in whatever way it asks.

One guest makes every call from 0 to 600. Its provider counts refusals instead of ending
the guest. The calls that end the walk are left out: exit_group, and rt_sigreturn.
"""

import pytest
from conftest import ROOT, Toolbox

GUESTS = ROOT / "tests/sandbox/guests"
# By the value in all arguments: the runner's own, those of the console's output, and
# those of clock and waiting.
RUNNER = {"x86_64": {"0": [186, 219], "1": [14, 186, 219], "-": [186, 219]},
          "i386": {"0": [0, 224], "1": [0, 175, 224], "-": [0, 224]}}
CONSOLE = {"x86_64": {"0": [], "1": [1], "-": []},
           "i386": {"0": [], "1": [4], "-": []}}
CLOCK = {"x86_64": {"0": [223, 228], "1": [222, 223, 228, 230], "-": [223, 228]},
         "i386": {"0": [403, 409], "1": [259, 403, 407, 409], "-": [403, 409]}}
OWN = {"x86_64": ["syscall"], "i386": ["int80", "libc"]}
FOREIGN = {"x86_64": ["x32", "int80", "far"], "i386": ["far"]}


@pytest.fixture(scope="module", params=["x86_64", "i386"])
def walks(request, tmp_path_factory):
    """Walks with few and with more imports; returns what was not refused."""
    arch, tools = request.param, Toolbox(tmp_path_factory.mktemp("walk"), request.param)
    provider = tools.provider(GUESTS / "walk_provider.c", "-I", GUESTS, name="walk")
    made = {more: tools.link(
        tools.compile(GUESTS / "walk.c", *(["-DMORE_IMPORTS"] if more else []),
                      name=f"walk{more}"),
        tools.compile(GUESTS / f"walk_{arch}.c", name=f"ways{more}"), name=f"walk{more}")
        for more in (False, True)}

    def walk(more, way, value):
        return tools.wrapper("--timeout", 60, "--provider", provider, made[more], way,
                             value)
    walk.arch = arch
    return walk


@pytest.mark.parametrize("value", ["0", "1", "-"])
@pytest.mark.parametrize("more", [False, True])
def test_a_guest_gets_the_calls_of_its_imports_and_no_others(walks, more, value):
    arch = walks.arch
    expected = sorted(RUNNER[arch][value] + CONSOLE[arch][value] +
                      (CLOCK[arch][value] if more else []))
    for way in OWN[arch]:
        result = walks(more, way, value)
        assert (result.stderr, result.returncode) == ("", 0)
        assert [int(word) for word in result.stdout.split()] == expected


@pytest.mark.parametrize("value", ["0", "1", "-"])
def test_a_guest_gets_no_call_of_another_abi(walks, value):
    """x32 numbers, int $0x80, and a far jump to code of the other width."""
    for way in FOREIGN[walks.arch]:
        result = walks(True, way, value)
        assert (result.stdout, result.stderr, result.returncode) == ("", "", 0), way


def test_sysenter_gets_no_call_from_64_bit_code(walks):
    """Processors that do not have it there end the guest."""
    if walks.arch == "x86_64":
        result = walks(True, "sysenter", "0")
        assert result.stdout == ""
        assert result.returncode in (0, 128 + 4, 128 + 11), result.stderr


def test_the_kernel_itself_refuses_the_calls_that_pass_every_filter(tmp_path):
    """uretprobe and uprobe of x86-64 are for the kernel's own code, and not filtered."""
    tools = Toolbox(tmp_path, "x86_64")
    for number in (335, 336):
        result = tools.wrapper(tools.guest(f"""
            #include <jumpslot/entry.h>
            #include <jumpslot/virt_bsp.h>
            JUMPSLOT_ENTRY(info)
            {{
                    long result = {number};
                    (void)info;
                    _BSP_Virtual_Console_write("", 0);
                    __asm__ volatile("syscall" : "+a"(result) : : "rcx", "r11", "memory");
                    return result < 0 ? 5 : 6;
            }}
            """))
        assert result.returncode in (5, 128 + 4, 128 + 31), result.stderr
