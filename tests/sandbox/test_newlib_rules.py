"""The rules of the provider for newlib are minimal, and each function has its own.

A case does what needs one rule. It runs with a copy of the provider in which no other
function has the same rule, and ends well; and with a copy that lacks this one, too. The
rules come from the provider's file: a new one without a case fails.
"""

import errno
import os
import re

import pytest
from conftest import BUILD, ROOT, Toolbox
from old_kernel import without
from rule_case import RuleCase
from stated_rules import stated_rules, take_out

HEAD = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include "newlib_calls.h"
    char buffer[512], block[1 << 20];
    %s
    JUMPSLOT_ENTRY(info) { (void)info; (void)buffer; (void)block; %s; return 3; }
    """
# The names of x86-64 for those of i386, and the numbers of its commands.
NAMES = {"_llseek": "lseek", "ftruncate64": "ftruncate", "fcntl64": "fcntl",
         "clock_gettime64": "clock_gettime",
         "statx 0=file,2&0x1000=0x1000": "fstat 0=file",
         "statx 2&0x100=0x100": "newfstatat 3&0x100=0x100"}
COMMANDS = {"1=12": "1=5", "1=13": "1=6", "1=14": "1=7"}
# Functions with a path, and the paths that need each rule of the walk.
BY_PATH = {
    "newlib_status_of_path": "newlib_status_of_path(%s, (void *)buffer)",
    "newlib_status_of_link": "newlib_status_of_link(%s, (void *)buffer)",
    "newlib_access": "newlib_access(%s, NEWLIB_MAY_READ)",
    "newlib_open": "newlib_open(%s, NEWLIB_READ, 0)",
    "newlib_open_directory": "newlib_open_directory(%s)",
    "newlib_make_directory": "newlib_make_directory(%s, 0700)",
    "newlib_remove_directory": "newlib_remove_directory(%s)",
    "newlib_unlink": "newlib_unlink(%s)",
    "newlib_rename": 'newlib_rename(%s, "d/new")',
    "newlib_link": 'newlib_link(%s, "d/new")',
    "newlib_symlink": 'newlib_symlink("x", %s)',
    "newlib_set_times": "newlib_set_times(%s, 0, 0)",
    "newlib_set_permissions": "newlib_set_permissions(%s, 0600)",
    "newlib_read_link": "newlib_read_link(%s, buffer, 9)",
}
PATHS = {"openat": '"d/f"', "close": '"d/f"', "fstat": '"link/f"',
         "readlinkat": '"link/f"'}
FILE = 'int file = newlib_open("f", 3, 0); if (file < 0) return 97;'
DIRECTORY = ('int file = newlib_open_directory("d"); if (file < 0) return 97; '
             "newlib_read_directory(file, (void *)buffer)")
LOCK = ("struct newlib_lock lock = { .kind = NEWLIB_SHARED }; "
        "newlib_lock(0, &lock, NEWLIB_%s)")
OUTPUT = "newlib_write(1, block, sizeof(block))"
TERMINAL = "newlib_terminal(0, (void *)buffer)"
# Nanoseconds that are more seconds than 32 bits have.
FAR = 5000000000000000000
# Other cases, by the beginning of a rule.
CASES = {
    "newlib_close close": (FILE + "newlib_close(file)",),
    "newlib_read read": ("newlib_read(0, buffer, 1)",),
    "newlib_write write": ("newlib_write(1, buffer, 1)",),
    "newlib_write poll": (OUTPUT, "--in-place", {"output": "stdout"}),
    "newlib_write restart_syscall": (OUTPUT, "--in-place",
                                     {"output": "stdout", "stop": True}),
    "newlib_read_at pread64": ("newlib_read_at(0, buffer, 1, 0)",),
    "newlib_write_at pwrite64": ("newlib_write_at(1, buffer, 1, 0)",),
    "newlib_seek lseek": ("newlib_seek(0, 0, NEWLIB_START)",),
    "newlib_truncate ftruncate": (FILE + "newlib_truncate(file, 0)",),
    "newlib_sync fsync": ("newlib_sync(0)",),
    "newlib_status_of_file": ("newlib_status_of_file(0, (void *)buffer)",),
    "newlib_status_of_path newfstatat": (BY_PATH["newlib_status_of_path"] % '"f"',),
    "newlib_status_of_path ioctl": (BY_PATH["newlib_status_of_path"] % '"d/fifo"',),
    "newlib_status_of_link newfstatat": (BY_PATH["newlib_status_of_link"] % '"f"',),
    "newlib_status_of_link ioctl": (BY_PATH["newlib_status_of_link"] % '"d/fifo"',),
    "newlib_access access": ('newlib_access("f", NEWLIB_MAY_READ)',
                             {"before": without(439, 439, errno.ENOSYS)}),
    "newlib_access faccessat2": ('newlib_access("f", NEWLIB_MAY_READ)',),
    "newlib_read_directory": (DIRECTORY,),
    "newlib_make_directory mkdirat": ('newlib_make_directory("new", 0700)',),
    "newlib_remove_directory unlinkat": ('newlib_remove_directory("e")',),
    "newlib_unlink unlinkat": ('newlib_unlink("none")',),
    "newlib_rename renameat": ('newlib_rename("none", "new")',),
    "newlib_link linkat": ('newlib_link("none", "new")',),
    "newlib_symlink symlinkat": ('newlib_symlink("x", "new")',),
    "newlib_duplicate fcntl": (FILE + "newlib_duplicate(file, 0)",),
    "newlib_duplicate_to fcntl": (FILE + "newlib_duplicate_to(file, 9)",),
    "newlib_duplicate_to close": (
        FILE + 'newlib_duplicate_to(file, newlib_open("d/f", 1, 0))',),
    "newlib_clock clock_gettime": ("newlib_clock(NEWLIB_CPU_CLOCK)",),
    "newlib_sleep clock_nanosleep": ("newlib_sleep(1)",),
    "newlib_sleep clock_nanosleep_time64": (
            f"newlib_sleep({FAR})", "--in-place", {"status": 128 + 24, "stop": "kill"}),
    "newlib_sleep restart_syscall": ("newlib_sleep(2000000000)", "--in-place",
                                     {"stop": True}),
    "newlib_set_times utimensat": ('newlib_set_times("f", 0, 0)',),
    "newlib_set_times utimensat_time64": (f'newlib_set_times("f", {FAR}, {FAR})',),
    "newlib_set_times_of_file utimensat_time64": (
        FILE + f"newlib_set_times_of_file(file, {FAR}, {FAR})",),
    "newlib_set_times_of_file utimensat": (
        FILE + "newlib_set_times_of_file(file, 0, 0)",),
    "newlib_set_permissions fchmod": ('newlib_set_permissions("f", 0600)',),
    "newlib_set_permissions_of_file": (
        FILE + "newlib_set_permissions_of_file(file, 0600)",),
    "newlib_lock fcntl 0=file,1=5": (LOCK % "TEST_LOCK",),
    "newlib_lock fcntl 0=file,1=6": (LOCK % "TRY_LOCK",),
    "newlib_lock fcntl 0=file,1=7": (LOCK % "WAIT_FOR_LOCK",),
    "newlib_poll ppoll": ("newlib_poll((void *)buffer, 1, 0)",),
    "newlib_poll ppoll_time64": (
        "struct newlib_poll file = { 0, NEWLIB_READABLE, 0 }; "
        f"newlib_poll(&file, 1, {FAR})",),
    "newlib_terminal": (TERMINAL, {"input": "terminal"}),
    "newlib_random getrandom": ("newlib_random(buffer, 1)",),
    "newlib_process getrandom": ("newlib_process()",),
    "newlib_process getpid": ("newlib_process()",
                              {"before": without(318, 355, errno.ENOSYS)}),
    "(always) fcntl 0=file,1=3": ("rights(0)",),
}
# A function of another provider, which asks newlib's for a descriptor.
RIGHTS = "EXTERNAL_FUNC(int, rights, int)"
SECOND = f"""
    #include <jumpslot/provider.h>
    #include <jumpslot/newlib_files.h>
    {RIGHTS}
    EF(rights)
    JUMPSLOT_SYSCALLS(rights, JUMPSLOT_NO_SYSCALLS)
    int rights(int file) {{ return jumpslot_newlib_descriptor(file, JUMPSLOT_READ); }}
    """


def provider(arch):
    return BUILD / f"providers/newlib-{arch}.so"


def normal(rule):
    """The rule's name without its machine, in the words of x86-64."""
    name = re.sub(r"(x86_64|i386):", "", str(rule))
    for old, new in NAMES.items():
        name = re.sub(rf" {old}(?= |$)", f" {new}", name)
    for old, new in COMMANDS.items():
        name = re.sub(rf"{old}$", new, name) if " fcntl " in name else name
    return name


def find_case(name):
    who, call = name.split()[:2]
    for beginning, (body, *rest) in CASES.items():
        if name == beginning or name.startswith(beginning + " "):
            options = [each for each in rest if isinstance(each, str)]
            ways = rest[-1] if rest and isinstance(rest[-1], dict) else {}
            return RuleCase(body, *options, **ways)
    return RuleCase(BY_PATH[who] % PATHS[call])


def pytest_generate_tests(metafunc):
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("arch,name", [
            (arch, normal(rule)) for arch in ("x86_64", "i386")
            for rule in stated_rules(provider(arch))])


def copy(tools, name, without_rules):
    """A copy of the provider in a folder of its own."""
    made = tools.directory / f"{name}.so"
    made.write_bytes(provider(tools.arch).read_bytes())
    for rule in without_rules:
        take_out(made, rule)
    return made


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "root"
    (root / "d").mkdir(parents=True)
    (root / "e").mkdir()
    (root / "link").symlink_to("d")
    for name in "f", "d/f":
        (root / name).write_text("text")
    os.mkfifo(root / "d/fifo")
    return root


def test_something_fails_without_the_rule(tmp_path, root, arch, name):
    tools, case = Toolbox(tmp_path, arch), find_case(name)
    rules = {normal(rule): rule for rule in stated_rules(provider(arch))}
    rule = rules.pop(name)
    same = [other for other in rules.values()
            if (other.call, other.checks) == (rule.call, rule.checks)]
    second = []
    if "rights" in case.body:
        second = ["--provider", tools.provider(
            SECOND, "-Wl,--no-as-needed", provider(arch), name="second")]
    guest = tools.guest(HEAD % (RIGHTS if second else "", case.body), "-I",
                        ROOT / "guests/newlib")

    def run_case(without_rules):
        made = copy(tools, "newlib", without_rules)
        return case.run(BUILD / "bin/host-wrapper",
                        ["--provider", f"{made},root={root}", *second, guest], arch)
    status, stderr = run_case(same)
    assert status == case.status and "does not allow" not in stderr, stderr
    status, stderr = run_case([*same, rule])
    assert status == 128 + 31, (status, stderr)
