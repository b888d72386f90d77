"""Reads the functions in a provider's table: a shared library's, or a runner's.

host-wrapper refuses the same tables. Depends on elf_image, notes, imports, statements
and type_string.
"""

import struct
from dataclasses import dataclass

from elftools.elf.constants import P_FLAGS

from . import abi
from .elf_image import ElfImage
from .imports import Import
from .notes import jumpslot_note
from .statements import check_statements
from .type_string import check_entry

NAME, TYPE, FUNCTION = 0, 4, 8  # offsets in struct jumpslot_provided
# For each import: its type, its function, its call mode and its stack bytes.
MAX_RECORDS = 4 * abi.MAX_IMPORTS
MODES = ("", "gated", "direct", "blocking")


@dataclass
class Provided(Import):
    """One function; `slot` is the address of the function, None if not given."""
    carry: int = 0
    stack_bytes: int = 0

    @property
    def mode(self):
        return MODES[self.carry & abi.CARRY_MASK]


@dataclass
class Provider:
    path: str
    machine: str
    functions: dict  # name: Provided


def read_provider(path):
    image = ElfImage(path)
    records, strings, size = _sections(image)
    code = _executable_ranges(image)
    merged = {}
    for index in range(len(records.data) // size):
        record = _record(image, records, strings, index, size)
        _check_function(image, f"record {index} ({record.name})", record.slot, code)
        known = merged.get(record.name)
        if known:
            _merge(image, known, record)
        else:
            merged[record.name] = record
    functions = {name: each for name, each in merged.items() if each.slot is not None}
    check_statements(image, strings, functions)
    return Provider(path, image.machine, functions)


def _sections(image):
    found = [image.section(name) for name in (
        abi.SECTION_PROVIDED, abi.SECTION_PROVIDER_STRINGS, abi.SECTION_PROVIDER_NOTE)]
    if not all(found):
        image.fail("no table of a provider: include <jumpslot/provider.h> and "
                   "\"func_list.h\"")
    records, strings, note = found
    size, _ = jumpslot_note(note, abi.NOTE_PROVIDER, abi.PROVIDER_NOTE_FORMAT)
    if size < abi.PROVIDED_SIZE or len(records.data) % size:
        image.fail(f"records of {size} bytes in a table of {len(records.data)}")
    if len(records.data) // size > MAX_RECORDS:
        image.fail(f"{len(records.data) // size} records (at most {MAX_RECORDS})")
    return records, strings, size


def _record(image, records, strings, index, size):
    name, type_, function, flags, carry, stack_bytes = struct.unpack_from(
        abi.PROVIDED_FORMAT, records.data, index * size)
    at, what = records.address + index * size, f"record {index}"
    name = strings.string_at(at + NAME + name, f"{what}: its name")
    type_ = strings.string_at(at + TYPE + type_, f"{what}: its type") if type_ else None
    # The guest decides whether a function is optional for it.
    flags &= ~abi.OPTIONAL
    check_entry(image.path, what, name, type_, flags, image.bits)
    if type_ is None and flags:
        image.fail(f"{what} ({name}): flags 0x{flags:x} without a type")
    _check_carry(image, f"{what} ({name})", carry, stack_bytes)
    function = at + FUNCTION + function if function else None
    return Provided(name, type_, flags, function, carry=carry, stack_bytes=stack_bytes)


def _executable_ranges(image):
    return [(each["p_vaddr"], each["p_vaddr"] + each["p_filesz"])
            for each in image.segments()
            if each["p_type"] == "PT_LOAD" and each["p_flags"] & P_FLAGS.PF_X]


def _check_function(image, what, address, code):
    if address is not None and not any(start <= address < end for start, end in code):
        image.fail(f"{what}: 0x{address:x} is not in executable code")


def _check_carry(image, what, carry, stack_bytes):
    if carry & ~(abi.CARRY_MASK | abi.CARRY_STACK) or \
            carry & abi.CARRY_MASK > abi.CARRY_BLOCKING:
        image.fail(f"{what}: carry 0x{carry:x} is not known")
    word = image.bits // 8
    if stack_bytes > abi.MAX_STACK_BYTES or stack_bytes % word or \
            stack_bytes and not carry & abi.CARRY_STACK:
        image.fail(f"{what}: carry 0x{carry:x} with {stack_bytes} stack bytes: a "
                   f"multiple of {word} up to {abi.MAX_STACK_BYTES}, with "
                   f"0x{abi.CARRY_STACK:x}")


def _merge(image, into, record):
    """Merge a record into the function of its name: facts that both have must agree."""
    if into.signature and record.signature and into.signature != record.signature:
        image.fail(f"{record.name} is declared as {into.describe()} and as "
                   f"{record.describe()}")
    if None not in (into.slot, record.slot) and into.slot != record.slot:
        image.fail(f"{record.name} is defined twice, at different addresses")
    if record.type is not None:
        into.type, into.flags = record.type, record.flags
    if record.slot is not None:
        into.slot = record.slot
    _merge_carry(image, into, record)


def _merge_carry(image, into, record):
    if into.mode and record.mode and into.mode != record.mode:
        image.fail(f"{record.name} is declared {into.mode} and {record.mode}")
    if into.carry & record.carry & abi.CARRY_STACK and \
            into.stack_bytes != record.stack_bytes:
        image.fail(f"{record.name} is declared with {into.stack_bytes} and with "
                   f"{record.stack_bytes} stack bytes")
    into.carry |= record.carry
    into.stack_bytes |= record.stack_bytes
    if into.carry == abi.CARRY_DIRECT | abi.CARRY_STACK:
        image.fail(f"{record.name} is declared direct and with {into.stack_bytes} stack "
                   "bytes, which only a gate copies")
