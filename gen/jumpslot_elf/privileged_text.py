"""Writes the result of a search as lines in a compiler's form, or as JSON.

docs/find-privileged.md describes both. Depends on privileged_search and safe_text.
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
               f"{_count(each.size, 'byte')}{_reason(each)}")
    yield f"{result.path}: {_summary(result)}"


def _reason(left_over):
    if left_over.unknown is None:
        return " that no symbol declares (expected .type NAME, @function or @object)"
    return (" from an instruction that capstone and objdump do not know: "
            + left_over.unknown.hex(" "))


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
            "not_searched": [_left_over(each) for each in result.left_over]}


def _left_over(each):
    unknown = each.unknown.hex(" ") if each.unknown is not None else None
    return {**_where(each.address, each.symbol), "size": each.size, "unknown": unknown}


def _finding(finding):
    file, line = finding.place or (None, None)
    return {**_where(finding.instruction.address, finding.symbol), "file": file,
            "line": line, "instruction": finding.instruction.text,
            "name": finding.entry.name, "category": finding.entry.category.lower(),
            "instead": finding.entry.instead}


def _where(address, symbol):
    # A string, because not every JSON reader's numbers hold a 64-bit address.
    return {"address": f"0x{address:x}", "symbol": symbol.name if symbol else None,
            "offset": address - symbol.address if symbol else None}
