"""A function's result and parameters, from its type string and its prototype's text.

The compiler computed the type string. The text gives the C type of a parameter if a
provider can repeat that type; otherwise a type with the same code replaces it. Depends on
c_types and type_string.
"""

from .c_types import known_type, stand_in
from .type_string import split_type


class Prototype:
    def __init__(self, name, type_, text, bits):
        result, parameters, self.variadic = split_type(type_)
        texts = _split_text(name, text, len(parameters), self.variadic)
        types = [_choose(code, each, bits)
                 for code, each in zip([result] + parameters, texts)]
        self.result_code = result
        self.result, self.parameters = types[0], types[1:]

    @property
    def types(self):
        return [self.result] + self.parameters


def _choose(code, text, bits):
    return (known_type(text, code, bits) if text else None) or stand_in(code)


def _split_text(name, text, count, variadic):
    """The texts of result and parameters; None for each if they do not fit."""
    unknown = [None] * (count + 1)
    result, found, rest = (text or "").partition(f" {name}(")
    if not found or not rest.endswith(")"):
        return unknown
    parameters = _split_at_commas(rest[:-1])
    if variadic and parameters.pop() != "...":
        return unknown
    if parameters == ["void"]:
        parameters = []
    return [result] + parameters if len(parameters) == count else unknown


def _split_at_commas(text):
    """Split at the commas outside of brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]
