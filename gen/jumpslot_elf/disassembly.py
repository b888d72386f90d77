"""Instructions decoded one after the other, from given addresses.

capstone decodes in this process; objdump (binutils) decodes what capstone does not know,
such as the mask registers of AVX-512. Depends on problem, and on capstone and objdump.
"""

import re
import subprocess
import tempfile
from typing import NamedTuple

import capstone

from .problem import Problem

MODES = {32: capstone.CS_MODE_32, 64: capstone.CS_MODE_64}
MACHINES = {32: "i386", 64: "i386:x86-64"}
MAX_SIZE = 15
AT_ONCE = 64
# The most bytes that objdump is asked about: seconds.
MAX_OBJDUMP = 4 << 20
MAX_SECONDS = 60
LINE = re.compile(r" *([0-9a-f]+):\t((?:[0-9a-f]{2} )+) *\t(.*)")
# After each range: whatever ends in it is in step again before the next one.
PADDING = b"\x90" * 2 * MAX_SIZE


class Instruction(NamedTuple):
    address: int
    size: int
    text: str
    code: bytes

    @property
    def end(self):
        return self.address + self.size


class Disassembler:
    def __init__(self, bits):
        self._capstone = capstone.Cs(capstone.CS_ARCH_X86, MODES[bits])
        self._capstone.syntax = capstone.CS_OPT_SYNTAX_ATT

    def decode(self, address, code):
        """The instructions of the code, up to one that is cut off or unknown."""
        at = 0
        while at < len(code):
            # Long enough for AT_ONCE instructions of any size.
            window, before = bytes(code[at:at + AT_ONCE * MAX_SIZE]), at
            for start, size, name, operands in self._capstone.disasm_lite(
                    window, address + at, AT_ONCE):
                yield Instruction(start, size, f"{name} {operands}".strip(),
                                  bytes(code[at:at + size]))
                at += size
            if at == before:
                return


def decode_by_objdump(path, bits, ranges):
    """For each (address, code), its instructions up to one that is unknown."""
    image, starts, asked = bytearray(), [], []
    for address, code in ranges:
        if len(image) + len(code) > MAX_OBJDUMP:
            code = b""
        starts.append(len(image))
        asked.append((address, code))
        image += code
        image += PADDING
    lines = _objdump(path, bits, image) if ranges else {}
    return [list(_in_step(address, code, start, lines))
            for (address, code), start in zip(asked, starts)]


def _in_step(address, code, start, lines):
    at = 0
    while at < len(code):
        size, text = lines.get(start + at, (0, ""))
        if not size or at + size > len(code) or "(bad)" in text:
            return
        yield Instruction(address + at, size, text, bytes(code[at:at + size]))
        at += size


def _objdump(path, bits, image):
    """Size and text of the instruction at each offset where objdump sees one."""
    with tempfile.NamedTemporaryFile(prefix="find-privileged-") as file:
        file.write(image)
        file.flush()
        command = ["objdump", "-D", "-z", "-w", "-b", "binary", "-m", MACHINES[bits],
                   file.name]
        try:
            listing = subprocess.run(command, timeout=MAX_SECONDS, capture_output=True,
                                     check=False).stdout
        except FileNotFoundError as error:
            raise Problem(path, "needs objdump (Debian: binutils)") from error
        except subprocess.TimeoutExpired:
            return {}
    matches = map(LINE.fullmatch, listing.decode("latin-1").splitlines())
    return {int(match[1], 16): (len(match[2]) // 3, " ".join(match[3].split()))
            for match in matches if match}
