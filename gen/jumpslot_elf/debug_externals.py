"""Places and prototypes from .debug_externals: help for readers, never needed.

The section may be missing, because strip removes it, or damaged: neither is an error.
Depends on elf_image.
"""

from . import abi
from .problem import Problem

# Bytes of a name, place or prototype. It also bounds the memory for one string.
MAX_STRING = 1 << 16


def describe_imports(image, imports):
    """Fill in place and prototype of the imports that the section describes.

    Returns a remark for the user, or None.
    """
    try:
        chunks = image.stream(abi.SECTION_DEBUG)
        known = {import_.name: import_ for import_ in imports}
        for name, place, prototype in _records(_strings(chunks)):
            import_ = known.get(name.decode("latin-1"))
            if import_:
                import_.place = _text(place)
                import_.prototype = _text(prototype)
    except Problem as problem:
        return f"{problem.reason}; the list has no places and prototypes from there on"
    return None


def _records(strings):
    """Name, place and prototype of each record; an empty name ends the table."""
    for record in zip(*[strings] * 3):
        if not record[0]:
            return
        yield record


def _strings(chunks):
    """The NUL-terminated strings, while at most one is in memory with a chunk."""
    rest = b""
    for chunk in chunks:
        *strings, rest = (rest + chunk).split(b"\0")
        yield from strings
        if len(rest) > MAX_STRING:
            return


def _text(data):
    """Plain text, or None for an empty string or anything else."""
    text = data.decode("latin-1")
    return text if all(" " <= c <= "~" for c in text) and text else None
