"""Runs in gdb, which test_gate.py starts: steps through every way that a guest goes, and
compares what .eh_frame says with the truth, at each instruction of the gate.

The truth is what a function finds as it begins: its caller's stack pointer (CFA), return
address and registers. It says "WRONG" where one is not found again before the return, and
"UNSEEN" of instructions that were not reached. The second round takes the ways of
interrupts that wait, and of a guest that cannot change MXCSR. A thunk's frame description
is made as it runs, so gdb is asked about that.
"""

import functools
import re
import sys

import gdb

sys.path.append("/usr/lib/python3/dist-packages")  # gdb's own Python may look elsewhere
from elftools.dwarf.callframe import FDE  # noqa: E402
from elftools.elf.elffile import ELFFile  # noqa: E402

# DWARF's numbers; the last one is the return address.
NAMES = {8: "rax rdx rcx rbx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip".split(),
         4: "eax ecx edx ebx esp ebp esi edi eip".split()}
SAVED = {8: "rbx rbp r12 r13 r14 r15".split(), 4: "ebx ebp esi edi".split()}
GATES = ["jumpslot_gate", "jumpslot_gate_on_guest_stack"]  # which thunks begin
ENTRIES = [*GATES, "jumpslot_guest_entry", "check_callback"]
DEREF, BREG0, BREG_LAST = 0x06, 0x70, 0x8f
FREED = 4096
LEAVING = set()  # instructions by which a function is left


def register(name):
    return int(gdb.parse_and_eval(f"(unsigned long)${name}"))


def word(address):
    """The word at an address; at a function's end none is below the stack pointer."""
    if register(PC) in LEAVING and register(SP) - FREED <= address % LIMIT < register(SP):
        return None
    memory = gdb.selected_inferior().read_memory(address % LIMIT, WORD)
    return int.from_bytes(memory.tobytes(), "little")


def signed_leb(code):
    value = shift = 0
    for byte in code:
        value |= (byte & 0x7f) << shift
        shift += 7
        if not byte & 0x80:
            return value - (1 << shift) if byte & 0x40 else value
    raise ValueError


def evaluate(expression):
    """A register and an offset, and what is there."""
    code, value = iter(expression), None
    for operation in code:
        if BREG0 <= operation <= BREG_LAST:
            value = (register(NUMBERED[operation - BREG0]) + signed_leb(code)) % LIMIT
        elif operation == DEREF:
            value = word(value)
        else:
            raise ValueError(hex(operation))
    return value


class Program:
    """The runner's code, its frame descriptions, and where the program was loaded."""

    def __init__(self, path):
        elf = ELFFile(open(path, "rb"))
        self.symbols = {symbol.name: symbol["st_value"]
                        for symbol in elf.get_section_by_name(".symtab").iter_symbols()}
        self.sizes = {symbol.name: symbol["st_size"]
                      for symbol in elf.get_section_by_name(".symtab").iter_symbols()}
        self.tables = [
            (entry["initial_location"], entry["address_range"], entry.get_decoded().table)
            for entry in elf.get_dwarf_info().EH_CFI_entries() if isinstance(entry, FDE)]
        loaded = int(gdb.parse_and_eval("(unsigned long)&jumpslot_gate"))
        self.base = loaded - self.symbols["jumpslot_gate"]
        self.entries = {self.base + self.symbols[name]: name for name in ENTRIES}

    def rules(self, pc):
        for start, size, table in self.tables:
            if start <= pc - self.base < start + size:
                return [row for row in table if row["pc"] <= pc - self.base][-1]
        return None

    def ours(self):
        """Every instruction that can be reached without a fault."""
        for entry, name in self.entries.items():
            code = gdb.selected_inferior().architecture().disassemble(
                entry, entry + self.sizes[name] - 1)
            LEAVING.update(each["addr"] for each in code
                           if re.match(r"ret|jmp +\*", each["asm"]))
            yield from (each["addr"] for each in code
                        if not each["asm"].startswith("ud2"))


def truth(name):
    """At the first instruction of a function."""
    found = {each: register(each) for each in SAVED[WORD]}
    if name == "check_callback":
        del found[SAVED[WORD][2]]  # i386's changes ESI, which the gate has saved
    return {**found, "sp": register(SP) + WORD, "pc": word(register(SP))}


def said(rules):
    """The caller's registers by the frame description, in the form of truth()."""
    cfa = rules["cfa"]
    cfa = (evaluate(cfa.expr) if cfa.expr is not None
           else (register(NUMBERED[cfa.reg]) + cfa.offset) % LIMIT)
    found = {"sp": cfa}
    for number, name in enumerate(NUMBERED):
        rule = rules.get(number)
        if name not in SAVED[WORD] and name != PC:
            continue
        if rule is None or rule.type in ("SAME_VALUE", "UNDEFINED"):
            value = register(name)
        else:
            value = word(cfa + rule.arg if rule.type == "OFFSET" else evaluate(rule.arg))
        found["pc" if name == PC else name] = value
    return found


def said_by_gdb():
    older = gdb.newest_frame().older()
    return {"sp": int(older.read_register(SP)) % LIMIT, "pc": older.pc()}


def is_popped(expected, found):
    """Whether the return address was moved over an argument that the function pops."""
    return (expected["sp"] < found["sp"] <= expected["sp"] + 2 * WORD and
            word(found["sp"] - WORD) == expected["pc"])


def compare(expected, found):
    for name, value in expected.items():
        if name == "sp" and is_popped(expected, found):
            continue
        if found[name] != value:
            place = gdb.execute("info symbol $pc", to_string=True).strip()
            print("WRONG", name, "at", place)


@functools.lru_cache(None)
def thunk(pc):
    """The first address of the thunk that an instruction is in."""
    symbol = gdb.execute(f"info symbol {pc}", to_string=True).split(" in section")[0]
    if not symbol.startswith(("gate.", "gate[")):
        return None
    return pc - int(symbol.partition(" + ")[2] or 0)


def step_to_the_end(program, ours, seen, interrupted):
    """`interrupted`: as if an interrupt had to wait at each gate."""
    calls = []
    begin = {entry for entry, name in program.entries.items() if name not in GATES}
    top = register(SP)
    while register(SP) <= top or register(PC) in ours:
        pc = register(PC)
        if pc in begin or pc == thunk(pc):
            calls.append(truth(program.entries.get(pc)))
            if interrupted:
                gdb.execute("set var gate.deferred = 1")
        if pc in ours:
            seen.add(pc)
            compare(calls[-1], said(program.rules(pc)))
        elif thunk(pc):
            compare({name: calls[-1][name] for name in ("sp", "pc")}, said_by_gdb())
        gdb.execute("stepi", to_string=True)
        if calls and register(PC) == calls[-1]["pc"] and register(SP) >= calls[-1]["sp"]:
            calls.pop()
    return len(calls)


def step_twice(program):
    seen, ours = set(), set(program.ours())
    calls = step_to_the_end(program, ours, seen, False)
    gdb.execute("continue")
    # As for a guest that cannot change MXCSR: it has changed nothing so far.
    gdb.execute("set var gate.known = 0x1f80")
    calls += step_to_the_end(program, ours, seen, True)
    for pc in sorted(ours - seen):
        print("UNSEEN", gdb.execute(f"x/i {pc}", to_string=True).strip())
    print("STEPPED", len(seen), "instructions,", calls, "calls open")


gdb.execute("break every_way")
gdb.execute("run")
WORD = gdb.lookup_type("long").sizeof
LIMIT = 1 << 8 * WORD
NUMBERED = NAMES[WORD]
SP, PC = ("rsp", "rip") if WORD == 8 else ("esp", "eip")
step_twice(Program(gdb.current_progspace().filename))
