"""Writes the functions as func_list.h, for the preprocessor. Depends on safe_text."""

import os

from .safe_text import in_comment

# A longer name moves only its own comment to the right.
WIDEST_ENTRY = 40
# One error in place of one for each line.
GUARD = ["#ifndef EF",
         '#error "include <jumpslot/provider.h> first, or define EF(name)"',
         "#else"]


def func_list(guests, functions):
    lines = ["/*", " * Functions that these guests import, from gen-func-list:"]
    lines += [f" *   {describe_guest(guest)}" for guest in guests]
    lines += [" * Define EF(name), then include this: as often as needed.", " */"]
    entries = [(f"EF({function.name})", describe(function)) for function in functions]
    width = min(max((len(entry) for entry, _ in entries), default=0), WIDEST_ENTRY)
    lines += GUARD
    lines += [f"{entry:{width}} /* {comment} */" for entry, comment in entries]
    lines.append("#endif")
    return "\n".join(lines) + "\n"


def describe_guest(guest):
    """File name, build-id, ABI version and word size, fit for a comment."""
    name = in_comment(os.path.basename(guest.path))
    version = guest.abi if guest.abi is not None else f"of {guest.layout}"
    build_id = guest.build_id or "none"
    return f"{name}: build-id {build_id}, ABI {version}, {guest.bits} bits"


def describe(function):
    """The prototype or else the type string, and the attributes of the function."""
    prototype, type_ = function.first("prototype"), function.first("type")
    words = [prototype or (f"type {type_}" if type_ else "type unknown")]
    if function.optional:
        words.append("optional")
    if function.variadic:
        words.append("variadic")
    if function.convention != "cdecl":
        words.append(function.convention)
    return in_comment("; ".join(words))
