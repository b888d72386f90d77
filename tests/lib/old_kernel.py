"""A filter for preexec_fn that makes preadv2() fail as on kernels without RWF_NOWAIT."""

import ctypes
import struct

LOAD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, ERRNO, EOPNOTSUPP = 0x7fff0000, 0x00050000, 95
X86_64, PREADV2, PREADV2_I386 = 0xc000003e, 327, 378
PROGRAM = [
    (LOAD, 0, 0, 4),                     # the architecture
    (JUMP_EQUAL, 0, 2, X86_64),
    (LOAD, 0, 0, 0),                     # the number
    (JUMP_EQUAL, 2, 3, PREADV2),
    (LOAD, 0, 0, 0),
    (JUMP_EQUAL, 0, 1, PREADV2_I386),
    (RETURN, 0, 0, ERRNO | EOPNOTSUPP),
    (RETURN, 0, 0, ALLOW),
]


def without_preadv2():
    code = b"".join(struct.pack("<HBBI", *line) for line in PROGRAM)
    memory = ctypes.create_string_buffer(code)
    program = ctypes.create_string_buffer(
        struct.pack("<HxxxxxxQ", len(PROGRAM), ctypes.addressof(memory)))
    prctl = ctypes.CDLL(None).prctl
    no_new_privileges, set_seccomp, filter_mode = 38, 22, 2
    assert not prctl(no_new_privileges, 1, 0, 0, 0)
    assert not prctl(set_seccomp, filter_mode, ctypes.c_void_p(
        ctypes.addressof(program)), 0, 0)
