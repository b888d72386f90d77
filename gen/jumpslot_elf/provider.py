"""The functions that a provider's table has: a shared library, or a runner.

Depends on elf_image, notes, imports and type_string.
"""

import struct
from dataclasses import dataclass

from . import abi
from .elf_image import ElfImage
from .imports import Import
from .notes import jumpslot_note
from .type_string import check_entry

NAME, TYPE, FUNCTION = 0, 4, 8  # offsets in struct jumpslot_provided


@dataclass
class Provider:
    path: str
    machine: str
    functions: dict  # name: Import; the slot stands for the function's address


def read_provider(path):
    image = ElfImage(path)
    records, strings, size = _sections(image)
    merged = {}
    for index in range(len(records.data) // size):
        record = _record(image, records, strings, index, size)
        _merge(image, merged.setdefault(record.name, record), record)
    functions = {name: each for name, each in merged.items() if each.slot is not None}
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
    return records, strings, size


def _record(image, records, strings, index, size):
    name, type_, function, flags, carry, stack_bytes = struct.unpack_from(
        abi.PROVIDED_FORMAT, records.data, index * size)
    at, what = records.address + index * size, f"record {index}"
    name = strings.string_at(at + NAME + name, f"{what}: its name")
    type_ = strings.string_at(at + TYPE + type_, f"{what}: its type") if type_ else None
    # Whether a guest can do without it is the guest's to say.
    flags &= ~abi.OPTIONAL
    check_entry(image.path, what, name, type_, flags, image.bits)
    if type_ is None and flags:
        image.fail(f"{what} ({name}): flags 0x{flags:x} without a type")
    _check_carry(image, f"{what} ({name})", carry, stack_bytes)
    return Import(name, type_, flags, at + FUNCTION + function if function else None)


def _check_carry(image, what, carry, stack_bytes):
    """Refuse what is not known; host-wrapper alone needs it, and merges it."""
    if carry & ~(abi.CARRY_MASK | abi.CARRY_STACK) or \
            carry & abi.CARRY_MASK > abi.CARRY_BLOCKING:
        image.fail(f"{what}: carry 0x{carry:x} is not known")
    word = image.bits // 8
    if stack_bytes > abi.MAX_STACK_BYTES or stack_bytes % word or \
            stack_bytes and not carry & abi.CARRY_STACK:
        image.fail(f"{what}: carry 0x{carry:x} with {stack_bytes} stack bytes: a multiple "
                   f"of {word} up to {abi.MAX_STACK_BYTES}, with 0x{abi.CARRY_STACK:x}")


def _merge(image, into, record):
    """Join two records of one name: what both give must agree."""
    if into.signature and record.signature and into.signature != record.signature:
        image.fail(f"{record.name} is declared as {into.describe()} and as "
                   f"{record.describe()}")
    if None not in (into.slot, record.slot) and into.slot != record.slot:
        image.fail(f"{record.name} is defined twice, at different addresses")
    if record.type is not None:
        into.type, into.flags = record.type, record.flags
    if record.slot is not None:
        into.slot = record.slot
