"""Writes a provider's C source to fill in, in which each function returns zero.

The source is complete: it needs no func_list.h. Depends on func_list, prototype and
safe_text.
"""

from .func_list import describe_guest
from .prototype import Prototype
from .safe_text import in_comment

HEAD = """\
/*
 * A provider to fill in, from gen-func-list --skeleton, for:
{guests}
 * If the guest has a header with the EXTERNAL_FUNC lines, include it in their place. If
 * the build makes a func_list.h, include it in place of the EF lines.
 *
 * Calls run on the host's stack. JUMPSLOT_DIRECT(name) lets the guest call a function
 * directly; it must be short and async-signal-safe. JUMPSLOT_BLOCKING(name) is for a
 * function that waits.
 */
#include <jumpslot/provider.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
"""
# The sandbox refuses a provider that states nothing.
NO_SYSCALLS = """\
/* A function that makes system calls needs a line: JUMPSLOT_SYSCALLS(name, ...). */
JUMPSLOT_SYSCALLS_ALWAYS(JUMPSLOT_NO_SYSCALLS)
"""
# The most that EXTERNAL_FUNC takes.
MAX_TYPES = 16
ATTRIBUTES = {"regparm3": "regparm(3)", "fastcall": "fastcall", "stdcall": "stdcall"}
KEYWORDS = set("""
    asm auto break case char const continue default do double else enum extern float for
    goto if inline int long register restrict return short signed sizeof static struct
    switch typedef typeof union unsigned void volatile while bool true false""".split())


def skeleton(guests, functions):
    sources = [Source(function) for function in functions]
    head = HEAD.format(guests="\n".join(f" *   {describe_guest(g)}" for g in guests))
    conventions = {function.convention for function in functions} - {"cdecl"}
    blocks = [head, *(_convention(each) for each in sorted(conventions)),
              _lines(_definitions(sources)),
              _lines(each.declaration() for each in sources),
              _lines(each.entry() for each in sources),
              NO_SYSCALLS,
              *(each.definition() for each in sources)]
    return "\n".join(block for block in blocks if block)


def _lines(lines):
    return "".join(f"{line}\n" for line in lines if line)


def _definitions(sources):
    """The definitions of types, each once, in the order of their first use."""
    return dict.fromkeys(type_.definition for source in sources if source.prototype
                         for type_ in source.prototype.types if type_.definition)


def _convention(name):
    attribute = f"__attribute__(({ATTRIBUTES[name]}))"
    return (f"#ifdef __i386__\n#define {name.upper()} {attribute}\n"
            f"#else\n#define {name.upper()}\n#endif\n")


class Source:
    """One function of the skeleton; it has no prototype if its type is unknown."""

    def __init__(self, function):
        self.function = function
        self.prototype = None
        if function.typed:
            guest, import_ = function.typed
            self.prototype = Prototype(function.name, import_.type, import_.prototype,
                                       guest.bits)

    def declaration(self):
        """The EXTERNAL_FUNC line, from which host-wrapper compares the types."""
        if not self._possible() or not self.prototype:
            return None
        if len(self.prototype.parameters) > MAX_TYPES:
            return None
        form = "EXTERNAL_FUNC"
        if self.prototype.variadic:
            form += "_VARIADIC"
        elif self.function.convention != "cdecl":
            form += "_" + self.function.convention.upper()
        result, *types = [type_.text for type_ in self.prototype.types]
        return f"{form}({', '.join([result, self.function.name, *types])})"

    def entry(self):
        """The EF line, which enters the function into the provider's table."""
        return f"EF({self.function.name})" if self._possible() else None

    def definition(self):
        name = self.function.name
        if not self._possible():
            return (f"/* TODO: {name} cannot be defined in C: write it in assembly, and "
                    f"add EF({name}). */\n")
        if not self.prototype:
            return ("/* TODO: the guest does not record its type. */\n"
                    f"{self._stack_bytes()}void {self.function.name}(void)\n{{\n}}\n")
        stack_bytes = self._stack_bytes() if self.prototype.variadic else ""
        return (f"{self._comment()}{stack_bytes}{self._header()}\n"
                f"{{\n{self._body()}}}\n")

    def _stack_bytes(self):
        """A remark for a function whose type does not bound its stack arguments."""
        return ("/* Runs on the guest's stack, unless you state the most bytes of "
                "arguments on the\n * stack: "
                f"JUMPSLOT_STACK_BYTES({self.function.name}, 64) */\n")

    def _possible(self):
        """Whether C has the name, and a parameter comes before the dots."""
        name = self.function.name
        no_dots = not self.prototype or not self.prototype.variadic or \
            self.prototype.parameters
        return "." not in name and name not in KEYWORDS and no_dots

    def _comment(self):
        if not any(type_.stand_in for type_ in self.prototype.types):
            return ""
        text, place = self.function.first("prototype"), self.function.first("place")
        if not text:
            return "/* TODO: types of the same size stand in for the real ones. */\n"
        return comment([
            f"TODO: {text}",
            "Types of the same size stand in for types that the guest declares:",
            f"#include its header and use them (see {place or 'the guest'})."])

    def _header(self):
        prototype, function = self.prototype, self.function
        parameters = [type_.declare(f"arg{i}")
                      for i, type_ in enumerate(prototype.parameters)]
        parameters += ["..."] if prototype.variadic else []
        name = function.name
        if function.convention != "cdecl":
            name = f"{function.convention.upper()} {name}"
        return f"{prototype.result.declare(name)}({', '.join(parameters) or 'void'})"

    def _body(self):
        lines = [f"\t(void)arg{i};" for i in range(len(self.prototype.parameters))]
        code, result = self.prototype.result_code, self.prototype.result.text
        if code[0] in "SV":
            lines += [f"\tstatic const {result} zero;", "\treturn zero; /* TODO */"]
        elif code == "v":
            lines.append("\t/* TODO */")
        else:
            value = {"p": "NULL", "B": "false"}.get(code, "0")
            lines.append(f"\treturn {value}; /* TODO */")
        return _lines(lines)


def comment(lines):
    return "/*\n" + "".join(f" * {in_comment(line)}\n" for line in lines) + " */\n"
