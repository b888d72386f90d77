"""The memory of a running guest: nothing is writable and executable, stacks have guards,
and addresses of the host differ from run to run."""

import re

import maps_provider
import pytest
from conftest import each_arch as arch

GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    EXTERNAL_FUNC(void, print_maps, const char *)
    EXTERNAL_FUNC(void, call_back, void (*)(void))
    EXTERNAL_FUNC(void, print_place, const char *, const void *)
    EXTERNAL_FUNC(void, print_own)
    int changed = 1;
    static void handle(struct jumpslot_fault *fault) { fault->decision = 0; }
    static void called_back(void) { print_maps("in a callback"); }
    JUMPSLOT_ENTRY(info)
    {
            int local = 0;
            print_maps("at the entry");
            _BSP_Virtual_faulthandler(handle);
            changed = (int)_BSP_Virtual_Clock_read();
            print_maps("in the middle");
            call_back(called_back);
            print_maps("after a callback");
            print_place("guest's stack", &local);
            print_place("work area", (const void *)(uintptr_t)info->work_area_base);
            print_place("start information", info);
            print_place("resolver", (const void *)(uintptr_t)info->resolver);
            print_own();
            return 0;
    }
    """
PROVIDER = maps_provider.SOURCE + """
    #include <stdio.h>
    #include <stdlib.h>
    void print_maps(const char *);
    void call_back(void (*)(void));
    void print_place(const char *, const void *);
    void print_own(void);
    EF(print_maps) EF(call_back) EF(print_place) EF(print_own)
    void print_maps(const char *when)
    {
            printf("maps %s\\n%send\\n", when, read_maps());
            fflush(stdout);
    }
    void call_back(void (*function)(void)) { jumpslot_guest_call(function); }
    void print_place(const char *name, const void *at)
    {
            printf("place %s: %p\\n", name, at);
            fflush(stdout);
    }
    void print_own(void)
    {
            int local = 0;
            print_place("host's stack", &local);
            print_place("provider", (const void *)(uintptr_t)print_own);
            print_place("libc", (const void *)(uintptr_t)fopen);
            print_place("heap", malloc(1));
            print_place("gate", __builtin_return_address(0));
    }
    """


def build(tools):
    return "--provider", tools.provider(
        PROVIDER, needs=maps_provider.NEEDS), tools.guest(GUEST)


def run_guest(tools, words=None):
    """({when: [(start, end, permissions, inode)]}, {name: address})"""
    result = tools.wrapper(*(words or build(tools)))
    assert (result.stderr, result.returncode) == ("", 0)
    maps = {}
    for when, text in re.findall(r"^maps (.*?)\n(.*?)^end$", result.stdout, re.M | re.S):
        lines = re.findall(r"^(\w+)-(\w+) (\S+) \w+ \S+ (\d+)", text, re.M)
        maps[when] = [(int(start, 16), int(end, 16), permissions, int(inode))
                      for start, end, permissions, inode in lines]
    places = re.findall(r"^place (.*): 0x(\w+)$", result.stdout, re.M)
    return maps, {name: int(address, 16) for name, address in places}


def test_no_memory_is_writable_and_executable(tools, arch):
    """Neither at once, nor by two mappings of one file."""
    maps, _ = run_guest(tools)
    assert list(maps) == ["at the entry", "in the middle", "in a callback",
                          "after a callback"]
    for when, lines in maps.items():
        assert not [line for line in lines if "w" in line[2] and "x" in line[2]], when
        shared = {inode for _, _, permissions, inode in lines
                  if inode and permissions.endswith("s") and "w" in permissions}
        executed = {inode for _, _, permissions, inode in lines if "x" in permissions}
        assert shared and not shared & executed, when
        thunks = [line for line in lines if line[2] == "r-xp" and not line[3]]
        assert len(thunks) >= 2, "thunks and the vDSO"


def test_nothing_executable_changes_while_the_guest_runs(tools, arch):
    maps, _ = run_guest(tools)
    code = [[line for line in lines if "x" in line[2]] for lines in maps.values()]
    assert all(each == code[0] for each in code)


def around(lines, address):
    """Permissions of the mapping at an address, of those below, and of those above."""
    index, = [i for i, (start, end, *_) in enumerate(lines) if start <= address < end]
    below = lines[index - 1] if lines[index - 1][1] == lines[index][0] else None
    above = []
    for previous, line in zip(lines[index:], lines[index + 1:]):
        if line[0] != previous[1]:
            break
        above.append(line[2])
    return lines[index][2], below and below[2], above


def test_stacks_and_work_area_have_guards_on_both_sides(tools, arch):
    maps, places = run_guest(tools)
    for name in "guest's stack", "host's stack", "work area":
        own, below, above = around(maps["after a callback"], places[name])
        assert (own[:2], below) == ("rw", "---p"), name
        assert above[0] == "---p" or above[:2] == ["r--p", "---p"], (name, above)


RUNS = 6  # i386 has 8 random bits: a run may repeat an address


@pytest.mark.not_sanitized("their heap has a fixed address")
def test_addresses_of_the_host_differ_from_run_to_run(tools, arch):
    words = build(tools)
    runs = [run_guest(tools, words)[1] for _ in range(RUNS)]
    assert len(runs[0]) == 9
    assert not [name for name in runs[0] if len({run[name] for run in runs}) == 1]
