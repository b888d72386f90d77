"""Reads an input file, whatever it is. Depends on problem."""

import os
import stat

from .problem import Problem


def read_file(path, most):
    """The bytes of a regular file, because a device or a pipe may never end."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise Problem(path, "not a regular file")
            if status.st_size > most:
                raise Problem(path, f"too large: 0x{status.st_size:x} bytes (at most "
                                    f"0x{most:x})")
            return file.read(status.st_size)
    except OSError as error:
        raise Problem(path, error.strerror) from error
    except MemoryError as error:
        raise Problem(path, "too large for this machine's memory") from error
