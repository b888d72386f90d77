"""Sizes of the sections of a little-endian ELF file that are loaded, of either class.

Depends on the standard library alone.
"""

import struct
from pathlib import Path

ALLOCATED = 2
# By EI_CLASS: where e_shoff is, where e_shentsize, e_shnum and e_shstrndx are, and the
# section header from sh_name to sh_size.
CLASSES = {1: ("<I", 32, 46, "<IIIIII"), 2: ("<Q", 40, 58, "<IIQQQQ")}


def loaded_sections(path):
    """{section's name: bytes}, sections of one name added up."""
    data = Path(path).read_bytes()
    word, place, counts, header = CLASSES[data[4]]
    offset, = struct.unpack_from(word, data, place)
    size, count, names = struct.unpack_from("<HHH", data, counts)
    headers = [struct.unpack_from(header, data, offset + i * size) for i in range(count)]
    strings = headers[names][4]
    sizes = {}
    for name, _, flags, _, _, length in headers:
        if flags & ALLOCATED:
            start = strings + name
            text = data[start:data.index(b"\0", start)].decode()
            sizes[text] = sizes.get(text, 0) + length
    return sizes
