"""Writes the result as a whole, or not at all. Depends on problem."""

import os
import stat

from .problem import Problem


def write_output(path, text):
    """Write to standard output if the path is None, else replace the file in one step."""
    write_bytes(path, text.encode())


def write_bytes(path, data):
    try:
        if path is None:
            _write_all(1, data)
        elif _is_special(path):
            _write_special(path, data)
        else:
            _replace(os.path.realpath(path), data)
    except OSError as error:
        raise Problem(path or "standard output", error.strerror) from error


def _write_all(descriptor, data):
    while data:
        data = data[os.write(descriptor, data):]


def _is_special(path):
    """Whether the path is a device or a pipe, which is written to and not replaced."""
    return os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode)


def _write_special(path, data):
    descriptor = os.open(path, os.O_WRONLY)
    try:
        _write_all(descriptor, data)
    finally:
        os.close(descriptor)


def _replace(path, data):
    temporary = f"{path}.{os.getpid()}.tmp"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        try:
            _write_all(descriptor, data)
        finally:
            os.close(descriptor)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
