"""Checks the system calls that a provider states for its functions.

host-wrapper uses them and refuses the same ones (launcher/scan/statements.c). Depends on
abi and type_string.
"""

import re
import struct

from . import abi
from .type_string import name_valid

CALL = re.compile(rb"((x86_64|i386):)?[a-z0-9_]+")
RULES_FIELD = 4  # offset in struct jumpslot_stated
MAX_STATEMENTS = 2 * abi.MAX_IMPORTS
MAX_RULES = 512
MAX_SECTION = 0x1000000


def check_statements(image, strings, functions):
    """Refuse what host-wrapper refuses. `strings`: the provider's section of names;
    `functions`: the names of those that it has."""
    stated = image.section(abi.SECTION_STATED)
    if not stated:
        return
    rules = image.section(abi.SECTION_RULES)
    if not rules:
        image.fail(f"section {abi.SECTION_STATED} without a section {abi.SECTION_RULES}")
    count = len(stated.data) // abi.STATED_SIZE
    if len(stated.data) % abi.STATED_SIZE or count > MAX_STATEMENTS:
        image.fail(f"section {abi.SECTION_STATED} has {len(stated.data)} bytes "
                   f"(expected {abi.STATED_SIZE} per statement)")
    if len(rules.data) > MAX_SECTION:
        image.fail(f"{rules} has more than 0x{MAX_SECTION:x} bytes")
    total = 0
    for index in range(count):
        name, first = struct.unpack_from(abi.STATED_FORMAT, stated.data,
                                         index * abi.STATED_SIZE)
        at = stated.address + index * abi.STATED_SIZE
        name = strings.string_at(at + name, f"the name of statement {index}")
        if not _is_name(name):
            image.fail(f"statement {index} of system calls has no valid name")
        if not name.startswith("(") and name not in functions:
            image.fail(f"states system calls of {name}, which it does not have")
        total += _count_rules(image, rules, at + RULES_FIELD + first, name)
        if total > MAX_RULES:
            image.fail(f"more than {MAX_RULES} system calls stated")


def _is_name(name):
    """A symbol, or one in parentheses: the provider itself."""
    if not name.startswith("("):
        return name_valid(name)
    return name.endswith(")") and len(name) <= abi.RULE_NAME and name_valid(name[1:-1])


def _count_rules(image, rules, address, name):
    """The number of rules at an address, up to the one without a name."""
    for count in range(MAX_RULES + 1):
        start = address - rules.address + count * abi.RULE_SIZE
        if not 0 <= start <= len(rules.data) - abi.RULE_SIZE:
            image.fail(f"system call {count} that {name} states is not within {rules}")
        call, *checks = struct.unpack_from(abi.RULE_FORMAT, rules.data, start)
        if not _is_rule(call, [checks[i:i + 4] for i in range(0, len(checks), 4)]):
            image.fail(f"system call {count} that {name} states is not valid")
        if call.startswith(b"\0"):
            return count
    return MAX_RULES + 1


def _is_rule(call, checks):
    call, end, _ = call.partition(b"\0")
    checked = [argument for argument, kind, _, _ in checks if kind]
    return bool(end) and (not call or CALL.fullmatch(call) is not None) and \
        all(_is_check(*each) for each in checks) and \
        len(set(checked)) == len(checked)


def _is_check(argument, kind, mask, value):
    if argument > 5 or kind > abi.CHECK_LAST:
        return False
    if kind == abi.CHECK_NONE:
        return not argument and not mask and not value
    if kind == abi.CHECK_BITS:
        return not value & ~mask
    return not mask and not value
