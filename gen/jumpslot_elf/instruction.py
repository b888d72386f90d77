"""Instructions of a guest, decoded where they are asked for.

Depends on capstone, and on a code_image for the bytes.
"""

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

import capstone

MODES = {32: capstone.CS_MODE_32, 64: capstone.CS_MODE_64}
# So many are decoded at once: about what lies between two jumps.
AT_ONCE = 32
MAX_SIZE = 15


class Flow(Enum):
    """Where an instruction leads, but for the one behind it."""
    ON, JUMP, BRANCH, CALL, RETURN, STOP = range(6)


FLOWS = [(Flow.CALL, r"l?call[wlq]?"),
         (Flow.JUMP, r"l?jmp[wlq]?"),
         (Flow.BRANCH, r"j.*|loop.*|xbegin"),
         (Flow.RETURN, r"l?ret[wlq]?|iret.*|sysret.*|sysexit.*|rsm|uiret"),
         (Flow.STOP, r"ud\d.*")]
# A number, whether it is an immediate, and what it is relative to.
NUMBER = re.compile(r"(\$?)(?<![\w%])(-?(?:0x[0-9a-f]+|\d+))(\(%[re]ip)?")
LAST_NUMBER = re.compile(r"(?:0x[0-9a-f]+|\d+)$")


@lru_cache(None)
def flow_of(mnemonic):
    word = mnemonic.split()[-1]
    return next((flow for flow, pattern in FLOWS if re.fullmatch(pattern, word)), Flow.ON)


class Instruction(NamedTuple):
    address: int
    size: int
    mnemonic: str
    operands: str

    @property
    def end(self):
        return self.address + self.size

    @property
    def text(self):
        return f"{self.mnemonic} {self.operands}".strip()

    @property
    def flow(self):
        return flow_of(self.mnemonic)

    @property
    def goes_on(self):
        """Whether what is behind it is executed next, or when a call returns."""
        return self.flow in (Flow.ON, Flow.BRANCH, Flow.CALL)

    @property
    def target(self):
        """Where a jump or call goes; None if its text does not tell."""
        if self.flow in (Flow.ON, Flow.RETURN, Flow.STOP) or "*" in self.operands:
            return None
        # A far one has a selector in front.
        number = LAST_NUMBER.search(self.operands)
        return int(number[0], 0) if number else None

    def references(self):
        """Numbers in it that may be addresses; of each, whether it is read from there."""
        may_be = "0x" in self.operands or "ip)" in self.operands
        if not may_be or self.target is not None:
            return
        reads = not self.mnemonic.startswith("lea")
        for immediate, number, relative in NUMBER.findall(self.operands):
            base = self.end if relative else 0
            yield int(number, 0) + base, reads and not immediate


class Decoder:
    """What stands at an address, taken as an instruction; each is decoded once."""

    def __init__(self, image):
        self._image = image
        self._capstone = capstone.Cs(capstone.CS_ARCH_X86, MODES[image.bits])
        self._capstone.syntax = capstone.CS_OPT_SYNTAX_ATT
        self._known = {}

    def at(self, address):
        """The instruction at an address; None if none can be decoded there."""
        if address not in self._known:
            self._decode(address)
        return self._known[address]

    def _decode(self, address):
        code = self._image.code(address, AT_ONCE * MAX_SIZE)
        self._known[address] = None
        for fields in self._capstone.disasm_lite(code, address, AT_ONCE):
            self._known[fields[0]] = Instruction(*fields)
