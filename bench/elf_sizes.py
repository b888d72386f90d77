"""Sizes of the sections of a 64-bit little-endian ELF file that are loaded.

Depends on the standard library alone.
"""

import struct
from pathlib import Path

ALLOCATED = 2


def loaded_sections(path):
    """{section's name: bytes}, sections of one name added up."""
    data = Path(path).read_bytes()
    offset, = struct.unpack_from("<Q", data, 40)
    size, count, names = struct.unpack_from("<HHH", data, 58)
    headers = [struct.unpack_from("<IIQQQQ", data, offset + i * size)
               for i in range(count)]
    strings = headers[names][4]
    sizes = {}
    for name, _, flags, _, _, length in headers:
        if flags & ALLOCATED:
            start = strings + name
            text = data[start:data.index(b"\0", start)].decode()
            sizes[text] = sizes.get(text, 0) + length
    return sizes
