"""ELF notes: records of owner, type and descriptor. Depends on elf_image alone."""

import struct

from . import abi
from .problem import Problem

HEAD = struct.Struct("<III")
BUILD_ID_OWNER, BUILD_ID_TYPE = "GNU", 3


class Descriptor:
    """A note's own bytes, and their address."""

    def __init__(self, address, data):
        self.address = address
        self.data = data


def find_note(section, owner, kind, least=0):
    """The first descriptor of that owner and type, with at least `least` bytes, or None.

    Other notes are skipped. No note can be found after one whose size is wrong.
    """
    wanted = owner.encode() + b"\0"
    data, at = section.data, 0
    while at + HEAD.size <= len(data):
        name_size, size, its_kind = HEAD.unpack_from(data, at)
        name = at + HEAD.size
        start = name + (name_size + 3) // 4 * 4
        at = start + (size + 3) // 4 * 4
        if start + size > len(data):
            return None
        if (its_kind == kind and size >= least and
                data[name:name + name_size] == wanted):
            return Descriptor(section.address + start, data[start:start + size])
    return None


def jumpslot_note(section, kind, layout):
    """The two fields of a jumpslot note, and the descriptor's address."""
    note = find_note(section, abi.NOTE_OWNER, kind, struct.calcsize(layout))
    if not note:
        raise Problem(section.path, f"malformed note: {section} holds no note of owner "
                                    f"\"{abi.NOTE_OWNER}\" and type {kind}")
    version, field = struct.unpack_from(layout, note.data)
    if version != abi.ABI_VERSION:
        raise Problem(section.path, f"ABI version {version}: this gen-func-list knows "
                                    f"version {abi.ABI_VERSION}")
    return field, note.address


def build_id(image):
    """The image's build-id in hexadecimal digits; None if it has none."""
    for section in image.notes():
        note = find_note(section, BUILD_ID_OWNER, BUILD_ID_TYPE, 1)
        if note:
            return note.data.hex()
    return None
