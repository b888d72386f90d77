"""host-wrapper and gen-func-list accept and refuse the same tables.

Both read the same images, with seeded random damage in the tables of a guest or a
provider. Their reasons may differ.
"""

import random

import pytest
from conftest import each_arch as arch
from gen_tool import outcome, read_guest, section
from jumpslot_elf.provider import read_provider  # after gen_tool, which knows the place

GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    struct pair { long a, b; };
    EXTERNAL_FUNC(int, answer, int)
    EXTERNAL_FUNC(struct pair, both, struct pair)
    EXTERNAL_FUNC_VARIADIC(int, print, const char *)
    JUMPSLOT_ENTRY(info)
    {
            struct pair pair = { 0, 0 };
            (void)info;
            return answer(1) + (int)both(pair).a + print("");
    }
    """
PROVIDER = """
    #include <jumpslot/provider.h>
    struct pair { long a, b; };
    EXTERNAL_FUNC(int, answer, int)
    EXTERNAL_FUNC(struct pair, both, struct pair)
    EXTERNAL_FUNC_VARIADIC(int, print, const char *)
    EF(answer)
    EF(both)
    EF(print)
    int answer(int a) { return a; }
    struct pair both(struct pair a) { return a; }
    int print(const char *format, ...) { return !format; }
    """
# The letters of type strings, and two that no type has.
LETTERS = b"vbhilctumBpfdDqQVS.0123456789\0x"
FLAGS = (0, 1, 2, 3, 4, 0x10, 0x20, 0x30, 0x40, 0x80, 0x100, 0x80000000)
ROUNDS = 250
NAME_AND_TYPE, FLAGS_AT = 8, 12  # size and offset of fields, the same in both records


def damaged(chance, image, table, record_size, strings):
    """One or two changes in flags, in where name and type are, or in letters."""
    image = bytearray(image)
    for _ in range(chance.choice((1, 1, 2))):
        record = table[0] + chance.randrange(table[1] // record_size) * record_size
        what = chance.randrange(4)
        if what == 0:
            flags = chance.choice(FLAGS).to_bytes(4, "little")
            image[record + FLAGS_AT:record + FLAGS_AT + 4] = flags
        elif what == 1:
            image[record + chance.randrange(NAME_AND_TYPE)] ^= 1 << chance.randrange(8)
        else:
            image[strings[0] + chance.randrange(strings[1])] = chance.choice(LETTERS)
    return bytes(image)


def agree(tools, image, file, read, refuses):
    ours = outcome(file, image, read) is None
    result = tools.wrapper("--list", *refuses["arguments"])
    theirs = result.returncode == refuses["status"] and refuses["object"] in result.stderr
    assert result.returncode in (0, refuses["status"], 127), result.stderr
    assert ours == theirs, (file, result.stderr)
    return ours


def section_range(file, name):
    return section(file, name)[::2]


def test_a_damaged_guest_gets_the_same_verdict(tools, arch):
    guest, chance = tools.guest(GUEST), random.Random(10)
    bad = tools.directory / "damaged.elf"
    refuses = {"arguments": [bad], "status": 126, "object": f"host-wrapper: {bad}: "}
    places = (section_range(guest, ".externals.symtab"), 16,
              section_range(guest, ".externals.str"))
    image = guest.read_bytes()
    verdicts = [agree(tools, damaged(chance, image, *places), bad, read_guest, refuses)
                for _ in range(ROUNDS)]
    assert 20 < sum(verdicts) < ROUNDS - 20


def test_a_damaged_provider_gets_the_same_verdict(tools, arch):
    guest, provider = tools.guest(GUEST), tools.provider(PROVIDER)
    chance, bad = random.Random(20), tools.directory / "damaged.so"
    refuses = {"arguments": ["--provider", bad, guest], "status": 125,
               "object": f"host-wrapper: {bad}: "}
    places = (section_range(provider, ".jumpslot.provided"), 24,
              section_range(provider, ".jumpslot.strings"))
    image = provider.read_bytes()
    verdicts = [agree(tools, damaged(chance, image, *places), bad, read_provider, refuses)
                for _ in range(ROUNDS)]
    assert 20 < sum(verdicts) < ROUNDS - 20


@pytest.mark.parametrize("before,after", [
    (b"\0S16.8S16.8\0", b"\0S16.3S16.8\0"),
    (b"\0ip.\0", b"\0ipi\0"),
])
def test_types_that_only_one_of_them_refused_are_refused_by_both(tools, before, after):
    guest = tools.guest(GUEST, arch="x86_64")
    image = guest.read_bytes()
    assert before in image
    bad = tools.directory / "damaged.elf"
    refuses = {"arguments": [bad], "status": 126, "object": f"host-wrapper: {bad}: "}
    assert agree(tools, image.replace(before, after), bad, read_guest, refuses)
