"""Speaks gdb's remote protocol to a socket of --gdb. Depends on Python alone."""

import re
import socket


class Client:
    """Speaks the protocol itself."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(100)
        self.socket.connect(str(path))
        self.input = b""

    def send(self, data):
        """Send a packet, whose reply reply() reads."""
        self.socket.sendall(b"$%s#%02x" % (data, sum(data) % 256))

    def take(self, pattern):
        """Read until there is a match, and return it."""
        while not (found := re.search(pattern, self.input, re.DOTALL)):
            more = self.socket.recv(4096)
            assert more, self.input
            self.input += more
        self.input = self.input[found.end():]
        return found

    def reply(self):
        """The data of the next packet."""
        return self.take(rb"\$([^#]*)#..")[1]

    def ask(self, data):
        """The reply to a packet."""
        self.send(data)
        return self.reply()
