"""Writes what was found as lines, in the form of a compiler's, or as JSON;
docs/find-privileged.md states both.

Depends on privileged_search and safe_text.
"""

import json

from .safe_text import printable


def text(results):
    return "".join(f"{printable(line)}\n" for each in results for line in _lines(each))


def json_text(results):
    return json.dumps({"guests": [_guest(each) for each in results]}, indent=2) + "\n"


def _lines(result):
    for each in result.findings:
        place = f"{each.place[0]}:{each.place[1]}" if each.place else result.path
        yield (f"{place}: {_address(each.instruction.address, each.symbol)}: "
               f"{each.instruction.text}: {each.entry.instead} "
               f"[{each.entry.category.lower()}]")
    for each in result.left_over:
        yield (f"{result.path}: {_address(each.address, each.symbol)}: not searched: "
               f"{_count(each.size, 'byte')}, code or data; .type NAME, @function or "
               "@object says which")
    yield f"{result.path}: {_summary(result)}"


def _address(address, symbol):
    if not symbol:
        return f"0x{address:x}"
    return f"0x{address:x} <{symbol.name}+0x{address - symbol.address:x}>"


def _summary(result):
    if result.is_clean:
        return f"nothing to replace in {_count(result.searched, 'instruction')}"
    return (f"{_count(len(result.findings), 'instruction')} to replace, "
            f"{_count(len(result.left_over), 'place')} not searched")


def _count(number, what):
    return f"{number} {what}{'' if number == 1 else 's'}"


def _guest(result):
    return {"file": result.path, "machine": result.machine, "bits": result.bits,
            "searched": result.searched,
            "findings": [_finding(each) for each in result.findings],
            "not_searched": [{**_where(each.address, each.symbol), "size": each.size}
                             for each in result.left_over]}


def _finding(finding):
    file, line = finding.place or (None, None)
    return {**_where(finding.instruction.address, finding.symbol), "file": file,
            "line": line, "instruction": finding.instruction.text,
            "name": finding.entry.name, "category": finding.entry.category.lower(),
            "instead": finding.entry.instead}


def _where(address, symbol):
    # Hexadecimal, as a 64-bit address does not fit every reader's numbers.
    return {"address": f"0x{address:x}", "symbol": symbol.name if symbol else None,
            "offset": address - symbol.address if symbol else None}
