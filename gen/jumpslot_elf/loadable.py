"""Refuses images that host-wrapper would not load, and tells what a segment loads.

The checks are those of host-wrapper's scan of segments. Depends on elf_image, notes and
pyelftools.
"""

import struct
from dataclasses import dataclass, field

from elftools.elf.constants import P_FLAGS, SH_FLAGS

from . import abi
from .notes import find_note

PAGE = 4096
MAX_SEGMENTS = 64
MAX_ALIGNMENT = 0x40000000
MAX_DYNAMIC = 0x10000
MANY_HEADERS = 0xFFFF  # PN_XNUM
ADDRESS_LIMIT = {"x86_64": 0x7FFFFFFFF000, "i386": 0xFFFFF000}
DYNAMIC = {32: struct.Struct("<iI"), 64: struct.Struct("<qQ")}
DT_NULL, DT_NEEDED, DT_RELA, DT_RELASZ, DT_RELAENT = 0, 1, 7, 8, 9
DT_REL, DT_TEXTREL, DT_JMPREL, DT_RELRSZ, DT_RELR, DT_RELRENT = 17, 22, 23, 35, 36, 37
REFUSED_TAGS = (DT_NEEDED, DT_TEXTREL, DT_JMPREL, DT_REL)
VCPU_NOTE = "<Ii"  # struct jumpslot_vcpu_note_desc
RANGES = {"RELA": (DT_RELA, DT_RELASZ, DT_RELAENT, 24),
          "RELR": (DT_RELR, DT_RELRSZ, DT_RELRENT, 8)}


@dataclass
class Segments:
    """The loaded segments of an image that the launcher accepts."""
    image: object = field(repr=False)
    headers: list

    def check_loaded(self, section, header, flags):
        """The section's bytes are those that its segment has at its address."""
        if not section.data:
            return
        for each in self.headers:
            start = section.address - each["p_vaddr"]
            if 0 <= start <= each["p_filesz"] - len(section.data):
                if (header["sh_flags"] & SH_FLAGS.SHF_ALLOC and
                        header["sh_offset"] == each["p_offset"] + start and
                        each["p_flags"] & flags == flags):
                    return
                break
        self.image.fail(f"{section} is not loaded by a segment of its kind")

    def check_vcpu(self, note):
        """The page that the note of a virtual CPU names is one that may be written."""
        found = find_note(note, abi.NOTE_OWNER, abi.NOTE_VCPU,
                          struct.calcsize(VCPU_NOTE))
        if not found:
            return
        version, offset = struct.unpack_from(VCPU_NOTE, found.data)
        if version != abi.VCPU_VERSION:
            self.image.fail(f"virtual CPU version {version}: this gen-func-list knows "
                            f"version {abi.VCPU_VERSION}")
        address = found.address + 4 + offset & (1 << 64) - 1
        if address % abi.VCPU_PAGE or not any(
                each["p_flags"] & P_FLAGS.PF_W and
                0 <= address - each["p_vaddr"] <= each["p_memsz"] - abi.VCPU_PAGE
                for each in self.headers):
            self.image.fail(f"the virtual CPU's state at 0x{address:x} is not a page "
                            "that the guest may write")


def read_segments(image):
    """Check all segments as the launcher does."""
    _check_header(image)
    loaded, dynamic = [], None
    for index, each in enumerate(image.segments()):
        if each["p_type"] in ("PT_INTERP", "PT_TLS"):
            image.fail(f"segment {index} is {each['p_type']}: a guest is static and has "
                       "no thread-local storage")
        if each["p_type"] == "PT_DYNAMIC":
            dynamic = each
        if each["p_type"] == "PT_LOAD":
            _check_segment(image, index, each, loaded)
    if not loaded:
        image.fail("nothing to load: no PT_LOAD segment")
    if dynamic:
        _check_dynamic(image, dynamic, loaded)
    entry = image.header["e_entry"]
    if not any(each["p_flags"] & P_FLAGS.PF_X and
               0 <= entry - each["p_vaddr"] < each["p_filesz"] for each in loaded):
        image.fail(f"the entry 0x{entry:x} lies outside executable code")
    return Segments(image, loaded)


def _check_header(image):
    header = image.header
    if header["e_type"] == "ET_DYN" and not header["e_entry"]:
        image.fail("a shared library (expected a guest)")
    if header["e_type"] == "ET_DYN" and image.machine == "i386":
        image.fail("a position-independent i386 image: link with -no-pie")
    if header["e_phnum"] == MANY_HEADERS:
        image.fail(f"{MANY_HEADERS} segments or more")


def _pages(segment):
    start, end = segment["p_vaddr"], segment["p_vaddr"] + segment["p_memsz"]
    return start // PAGE, -(-end // PAGE)


def _check_segment(image, index, segment, loaded):
    start, size = segment["p_vaddr"], segment["p_memsz"]
    for wrong, reason in (
            (segment["p_offset"] + segment["p_filesz"] > len(image.bytes),
             "its bytes do not lie within the file"),
            (segment["p_filesz"] > size, "more bytes in the file than in memory"),
            (start + size > ADDRESS_LIMIT[image.machine],
             f"0x{size:x} bytes do not lie in the address space")):
        if wrong:
            image.fail(f"segment {index} at 0x{start:x}: {reason}")
    if not size:
        return
    both = P_FLAGS.PF_W | P_FLAGS.PF_X
    align = segment["p_align"]
    first, last = _pages(segment)
    for wrong, reason in (
            (len(loaded) == MAX_SEGMENTS, f"more than {MAX_SEGMENTS} segments"),
            (segment["p_flags"] & both == both, "writable and executable"),
            (align & (align - 1) if align else 0, "alignment is not a power of two"),
            (align > MAX_ALIGNMENT, f"alignment 0x{align:x}"),
            ((start - segment["p_offset"]) % PAGE,
             "address and offset differ within a page: link without -n or -N"),
            (image.header["e_type"] == "ET_EXEC" and start < PAGE,
             "page zero stays unmapped, to catch null pointers"),
            (any(first < its_last and its_first < last
                 for its_first, its_last in map(_pages, loaded)),
             "shares a page with another segment")):
        if wrong:
            image.fail(f"segment {index} at 0x{start:x}: {reason}")
    loaded.append(segment)


def _check_dynamic(image, dynamic, loaded):
    start, size = dynamic["p_offset"], dynamic["p_filesz"]
    if start + size > len(image.bytes) or size > MAX_DYNAMIC:
        image.fail(f"PT_DYNAMIC: 0x{size:x} bytes at offset 0x{start:x} do not lie "
                   f"within the file, or are more than 0x{MAX_DYNAMIC:x}")
    values = {DT_RELAENT: 24, DT_RELRENT: 8}
    for tag, value in image.records(image.bytes[start:start + size], DYNAMIC):
        if tag == DT_NULL:
            break
        if tag in REFUSED_TAGS:
            image.fail(f"its dynamic section needs a dynamic linker (tag {tag})")
        values[tag] = value
    for name, (at, its_size, entry_size, expected) in RANGES.items():
        address, size = values.get(at, 0), values.get(its_size, 0)
        if size and (values[entry_size] != expected or size % expected or address % 8 or
                     not any(0 <= address - each["p_vaddr"] <= each["p_filesz"] - size
                             for each in loaded)):
            image.fail(f"{name}: 0x{size:x} bytes at 0x{address:x} are not entries of "
                       f"{expected} bytes within a segment")
