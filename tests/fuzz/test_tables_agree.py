"""host-wrapper and gen-func-list read the same tables out of the same files.

Either both refuse a file, for reasons that may differ, or both list the same functions.
The files: the fuzz targets' stored corpus, and guests and providers with seeded random
damage in their tables.
"""

import random
import subprocess

import pytest
from conftest import BUILD, ROOT, each_arch as arch, only_x86_64
from gen_tool import read_guest, section
from jumpslot_elf.guest import NOTHING  # after gen_tool, which knows the place
from jumpslot_elf.problem import Problem
from jumpslot_elf.provider import read_provider

CORPUS = ROOT / "tests/fuzz/corpus"
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
    JUMPSLOT_BLOCKING(answer)
    JUMPSLOT_STACK_BYTES(print, 64)
    JUMPSLOT_SYSCALLS(print, JUMPSLOT_NEEDS_STDOUT)
    JUMPSLOT_SYSCALLS_ALWAYS(JUMPSLOT_ALLOW("x86_64:poll"))
    int answer(int a) { return a; }
    struct pair both(struct pair a) { return a; }
    int print(const char *format, ...) { return !format; }
    """
# The letters of type strings, and two that no type has.
LETTERS = b"vbhilctumBpfdDqQVS.0123456789\0x"
VALUES = (0, 1, 2, 3, 4, 0x10, 0x20, 0x30, 0x40, 0x80, 0x100, 0x80000000)
ROUNDS = 500


class Launcher:
    """The launcher's reader, in a process of its own."""

    def __init__(self):
        self.process = subprocess.Popen([BUILD / "fuzz/list_tables"], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        errors="surrogateescape")

    def list(self, kind, path):
        """The functions, or None and a reason."""
        print(kind, path, file=self.process.stdin, flush=True)
        count = int(self._line())
        if count < 0:
            return None, self._line()
        return [self._function(self._line().split("\t")) for _ in range(count)], ""

    def _line(self):
        return self.process.stdout.readline().removesuffix("\n")

    @staticmethod
    def _function(fields):
        """gen-func-list leaves out places and prototypes that are not ASCII."""
        return [field if field.isascii() else "-" for field in fields]


@pytest.fixture(scope="module")
def launcher():
    launcher = Launcher()
    yield launcher
    launcher.process.communicate()
    assert launcher.process.returncode == 0


def list_guest(path):
    guest = read_guest(path)
    if guest.layout != "jumpslot":
        raise Problem(path, "the older layout, which no host runs")
    return [[each.name, each.type, each.flags, each.slot, each.place, each.prototype]
            for each in guest.imports]


def list_provider(path):
    return [[each.name, each.type, each.flags, each.slot, each.carry, each.stack_bytes]
            for each in read_provider(path).functions.values()]


READERS = {"guest": list_guest, "provider": list_provider}


def verdict(launcher, kind, path):
    """Whether both list the functions; fails if they do not agree."""
    theirs, their_reason = launcher.list(kind, path)
    try:
        ours = [["-" if field is None else str(field) for field in each]
                for each in READERS[kind](path)]
        reason = ""
    except Problem as problem:
        ours, reason = None, problem.reason
    if reason == NOTHING and theirs == []:
        return True
    assert (ours is None) == (theirs is None), (path, reason, their_reason)
    assert ours is None or are_same(kind, ours, theirs), path
    return ours is not None


def are_same(kind, ours, theirs):
    """Of a damaged section of places and prototypes, gen-func-list uses the first part,
    and host-wrapper nothing."""
    facts = 4 if kind == "guest" else 6
    return [each[:facts] for each in ours] == [each[:facts] for each in theirs] and \
        all("-" in pair or pair[0] == pair[1] for mine, other in zip(ours, theirs)
            for pair in zip(mine[facts:], other[facts:]))


@pytest.mark.parametrize("kind", ["guest", "provider"])
def test_each_file_of_the_corpus_gets_the_same_list_or_none(launcher, kind):
    verdicts = [verdict(launcher, kind, path)
                for path in sorted((CORPUS / kind).iterdir())]
    assert True in verdicts and False in verdicts


def damaged(chance, image, table, record_size, strings):
    """One or two changes in fields, in where name and type are, or in letters."""
    image = bytearray(image)
    for _ in range(chance.choice((1, 1, 2))):
        record = table[0] + chance.randrange(table[1] // record_size) * record_size
        what = chance.randrange(4)
        if what == 0:
            field = record + chance.randrange(0, record_size, 4)
            image[field:field + 4] = chance.choice(VALUES).to_bytes(4, "little")
        elif what == 1:
            image[record + chance.randrange(record_size)] ^= 1 << chance.randrange(8)
        else:
            image[strings[0] + chance.randrange(strings[1])] = chance.choice(LETTERS)
    return bytes(image)


def compare_damaged(launcher, kind, intact, table, record_size, strings):
    chance, image = random.Random(10), intact.read_bytes()
    bad = intact.with_suffix(".damaged")
    places = section(intact, table)[::2], record_size, section(intact, strings)[::2]
    accepted = 0
    for _ in range(ROUNDS):
        bad.write_bytes(damaged(chance, image, *places))
        accepted += verdict(launcher, kind, bad)
    assert ROUNDS / 20 < accepted < ROUNDS * 19 / 20


def test_a_damaged_guest_gets_the_same_list_or_none(launcher, tools, arch):
    compare_damaged(launcher, "guest", tools.guest(GUEST), ".externals.symtab", 16,
                    ".externals.str")


@pytest.mark.parametrize("table,record_size", [
    (".jumpslot.provided", 24), (".jumpslot.stated", 8), (".jumpslot.rules", 136)])
def test_a_damaged_provider_gets_the_same_list_or_none(
        launcher, tools, arch, table, record_size):
    compare_damaged(launcher, "provider", tools.provider(PROVIDER), table, record_size,
                    ".jumpslot.strings")


@pytest.mark.parametrize("line,accepted", [
    ('JUMPSLOT_SYSCALLS(answer, JUMPSLOT_ALLOW("i386:poll"))', True),
    ('JUMPSLOT_SYSCALLS(answer, JUMPSLOT_ALLOW("i38:poll"))', False),
    ('JUMPSLOT_SYSCALLS(answer, JUMPSLOT_ALLOW("x86:poll"))', False),
    ("JUMPSLOT_SYSCALLS(answr, JUMPSLOT_NO_SYSCALLS)", False),
    ("EXTERNAL_FUNC(int, other)\nJUMPSLOT_SYSCALLS(other, JUMPSLOT_NO_SYSCALLS)",
     False),
    ("JUMPSLOT_SYSCALLS(answer, %s)" % ", ".join(['JUMPSLOT_ALLOW("poll")'] * 510), True),
    ("JUMPSLOT_SYSCALLS(answer, %s)" % ", ".join(['JUMPSLOT_ALLOW("poll")'] * 511),
     False),
], ids=["right", "i38", "x86", "misspelt", "undefined", "512 rules", "513 rules"])
@only_x86_64
def test_misspelt_statements_and_too_many_rules_are_refused_by_both(
        launcher, tools, line, accepted):
    assert verdict(launcher, "provider", tools.provider(PROVIDER + line)) == accepted


@only_x86_64
@pytest.mark.parametrize("before,after", [
    (b"\0S16.8S16.8\0", b"\0S16.3S16.8\0"),
    (b"\0ip.\0", b"\0ipi\0"),
])
def test_types_that_only_one_of_them_refused_are_refused_by_both(
        launcher, tools, before, after):
    image = tools.guest(GUEST).read_bytes()
    assert before in image
    bad = tools.directory / "damaged.elf"
    bad.write_bytes(image.replace(before, after))
    assert not verdict(launcher, "guest", bad)
