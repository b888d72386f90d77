"""The system calls that a provider or a runner states, read from its file.

Depends on pyelftools alone.
"""

import struct
from dataclasses import dataclass

from elftools.elf.elffile import ELFFile

E_MACHINE, EM_X86_64 = 18, 62
RULE = struct.Struct("<40s" + 4 * "IIQQ")
BITS, PROCESS, CONSOLE, WAKE, LINE, OPENED, FILE = range(1, 8)
VCPU, GDB, PORT, PEER = range(8, 12)
KINDS = {PROCESS: "process", CONSOLE: "console", WAKE: "wake", LINE: "line",
         OPENED: "opened", FILE: "file", VCPU: "vcpu", GDB: "gdb", PORT: "port",
         PEER: "peer"}


@dataclass(frozen=True)
class Rule:
    who: str     # a function, or a name in parentheses
    call: str    # with its machine, if it is for one machine
    checks: str  # "1=6,2=wake": argument 1 is 6, argument 2 a descriptor that wakes
    offset: int  # in the file

    def __str__(self):
        return f"{self.who} {self.call} {self.checks}".strip()


def _checks(fields):
    shown = []
    for argument, kind, mask, value in zip(*[iter(fields)] * 4):
        if kind == BITS and mask == 0xffffffff:
            shown.append(f"{argument}={value - (value >> 31 << 32)}")
        elif kind == BITS:
            shown.append(f"{argument}&{mask:#x}={value:#x}")
        elif kind:
            shown.append(f"{argument}={KINDS[kind]}")
    return ",".join(shown)


def stated_rules(path):
    """All rules of a file that are for its machine, in order."""
    with open(path, "rb") as file:
        elf = ELFFile(file)
        stated, rules, strings = (elf.get_section_by_name(f".jumpslot.{name}")
                                  for name in ("stated", "rules", "strings"))
        machine = {"EM_X86_64": "x86_64", "EM_386": "i386"}[elf["e_machine"]]
        names, bodies = strings.data(), rules.data()
        found = []
        for at in range(0, stated["sh_size"], 8):
            name, first = struct.unpack_from("<ii", stated.data(), at)
            start = stated["sh_addr"] + at + name - strings["sh_addr"]
            who = names[start:names.index(b"\0", start)].decode()
            place = stated["sh_addr"] + at + 4 + first - rules["sh_addr"]
            while bodies[place]:
                call, *fields = RULE.unpack_from(bodies, place)
                call = call.rstrip(b"\0").decode()
                if ":" not in call or call.startswith(machine):
                    found.append(Rule(who, call, _checks(fields),
                                      rules["sh_offset"] + place))
                place += RULE.size
        return found


def _change_build_id(path, image):
    """The launcher knows the rules of the runners of its build by their build ID."""
    with open(path, "rb") as file:
        note = ELFFile(file).get_section_by_name(".note.gnu.build-id")
        if note:
            last = note["sh_offset"] + note["sh_size"] - 1
            image[last] = (image[last] + 1) % 256  # another one each time


def take_out(path, rule):
    """Make a rule one for the other machine, in a file of another build ID."""
    image = bytearray(path.read_bytes())
    other = b"i386" if image[E_MACHINE] == EM_X86_64 else b"x86_64"
    image[rule.offset:rule.offset + 40] = (other + b":none").ljust(40, b"\0")
    _change_build_id(path, image)
    path.write_bytes(image)
