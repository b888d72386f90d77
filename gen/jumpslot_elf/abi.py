"""The numbers and names of jumpslot/external_abi.h, by the names they have there.

No other Python file states them; a test compares them with the header.
Depends on nothing.
"""

ABI_VERSION = 1

SECTION_STR = ".externals.str"
SECTION_SYMTAB = ".externals.symtab"
SECTION_JMPTBL = ".externals.jmptbl"
SECTION_DEBUG = ".debug_externals"
SECTION_NOTE = ".note.jumpslot"

SECTION_PROVIDED = ".jumpslot.provided"
SECTION_PROVIDER_NOTE = ".note.jumpslot.provider"
# external_func.h writes this name where it emits a provider's records.
SECTION_PROVIDER_STRINGS = ".jumpslot.strings"

SECTION_STATED = ".jumpslot.stated"
SECTION_RULES = ".jumpslot.rules"

NOTE_OWNER = "jumpslot"
NOTE_GUEST = 1
NOTE_PROVIDER = 2
NOTE_VCPU = 3

VCPU_VERSION = 1
VCPU_PAGE = 4096

OPTIONAL = 0x1
VARIADIC = 0x2
CONVENTION_MASK = 0xF0
CDECL = 0x00
REGPARM3 = 0x10
FASTCALL = 0x20
STDCALL = 0x30
FLAGS_KNOWN = OPTIONAL | VARIADIC | CONVENTION_MASK

CARRY_MASK = 0xF
CARRY_GATED = 0x1
CARRY_DIRECT = 0x2
CARRY_BLOCKING = 0x3
CARRY_STACK = 0x10

RULE_CHECKS = 4
RULE_NAME = 40
CHECK_NONE = 0
CHECK_BITS = 1
CHECK_LAST = 11

MAX_IMPORTS = 0x100000
MAX_NAME = 1023
MAX_STACK_BYTES = 65536

# struct jumpslot_import.
IMPORT_FORMAT = "<iiiI"
IMPORT_SIZE = 16
# struct jumpslot_provided: the same four fields, and two more.
PROVIDED_FORMAT = "<iiiIII"
PROVIDED_SIZE = 24
# struct jumpslot_stated, and struct jumpslot_rule with its four struct jumpslot_check.
STATED_FORMAT = "<ii"
STATED_SIZE = 8
RULE_FORMAT = "<40s" + 4 * "IIQQ"
RULE_SIZE = 136
# struct jumpslot_note_desc and struct jumpslot_provider_note_desc.
GUEST_NOTE_FORMAT = "<Ii"
PROVIDER_NOTE_FORMAT = "<II"

CONVENTIONS = {CDECL: "cdecl", REGPARM3: "regparm3", FASTCALL: "fastcall",
               STDCALL: "stdcall"}
