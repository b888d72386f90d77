"""Places and prototypes from .debug_externals: help for readers, never needed.

Whatever is wrong there is no error: strip takes the section, and nothing checks it.
Depends on elf_image.
"""

from . import abi
from .problem import Problem


def describe_imports(image, imports):
    """Fill in place and prototype of the imports that the section knows."""
    try:
        section = image.section(abi.SECTION_DEBUG)
    except Problem:
        return
    if not section:
        return
    known = {import_.name: import_ for import_ in imports}
    strings = section.data.split(b"\0")[:-1]
    for name, place, prototype in zip(*[iter(strings)] * 3):
        import_ = known.get(name.decode("latin-1"))
        if import_:
            import_.place = _text(place)
            import_.prototype = _text(prototype)


def _text(data):
    """Plain text, or None: an empty string means that there is none."""
    text = data.decode("latin-1")
    return text if all(" " <= c <= "~" for c in text) and text else None
