"""Writes guests and functions as JSON, as docs/gen-func-list.md describes it.

Depends on merge.
"""

import json


def json_list(guests, functions):
    return json.dumps({"guests": [_guest(guest) for guest in guests],
                       "functions": [_function(guests, each) for each in functions]},
                      indent=2) + "\n"


def _guest(guest):
    return {"file": guest.path, "build_id": guest.build_id, "abi": guest.abi,
            "layout": guest.layout, "machine": guest.machine, "bits": guest.bits}


def _function(guests, function):
    # Strings, because not every JSON reader's numbers hold a 64-bit address.
    slots = {id(guest): f"0x{import_.slot:x}" for guest, import_ in function.uses}
    return {"name": function.name, "type": function.first("type"),
            "prototype": function.first("prototype"), "place": function.first("place"),
            "optional": function.optional, "variadic": function.variadic,
            "convention": function.convention,
            "slots": [slots.get(id(guest)) for guest in guests]}
