"""Filters for preexec_fn that make a call fail as on kernels that lack it."""

import ctypes
import errno
import struct

LOAD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, ERRNO = 0x7fff0000, 0x00050000
X86_64 = 0xc000003e


def without(on_x86_64, on_i386, error, argument=None):
    """A function that makes the calls of these numbers fail, or, with `argument`, those
    of them with such an argument: (index, value)."""
    argument = [] if argument is None else [
        (LOAD, 0, 0, 16 + 8 * argument[0]),  # its lower half
        (JUMP_EQUAL, 0, 1, argument[1]),
    ]
    more = len(argument)
    code = b"".join(struct.pack("<HBBI", *line) for line in [
        (LOAD, 0, 0, 4),                     # the architecture
        (JUMP_EQUAL, 0, 2, X86_64),
        (LOAD, 0, 0, 0),                     # the number
        (JUMP_EQUAL, 2, 3 + more, on_x86_64),
        (LOAD, 0, 0, 0),
        (JUMP_EQUAL, 0, 1 + more, on_i386),
        *argument,
        (RETURN, 0, 0, ERRNO | error),
        (RETURN, 0, 0, ALLOW),
    ])

    def refuse():
        memory = ctypes.create_string_buffer(code)
        program = ctypes.create_string_buffer(
            struct.pack("<HxxxxxxQ", len(code) // 8, ctypes.addressof(memory)))
        prctl = ctypes.CDLL(None).prctl
        no_new_privileges, set_seccomp, filter_mode = 38, 22, 2
        assert not prctl(no_new_privileges, 1, 0, 0, 0)
        assert not prctl(set_seccomp, filter_mode, ctypes.c_void_p(
            ctypes.addressof(program)), 0, 0)
    return refuse


# As without RWF_NOWAIT.
without_preadv2 = without(327, 378, errno.EOPNOTSUPP)
