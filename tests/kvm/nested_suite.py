"""Runs pytest with HOST=kvm inside the reference machine: KVM_FULL=1 make check-on-kvm.

Each file of tests has a boot of its own: what one of them breaks does not reach the next.
The machine has the files of this one by virtiofs. Its processor is emulated, so all takes
some 20 times as long; compilers therefore run outside (nested/outside.c). Arguments: the
build directory, files of tests, and pytest's options, if any, after "--". Prints what
pytest prints, keeps it below BUILD/kvm/suite, and ends with a line per file. The status
is 1 if a file did not pass.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/lib"))
from nested_machine import SHARING, NestedMachine  # noqa: E402

VIRTIOFSD = ["/usr/libexec/virtiofsd", "/usr/lib/qemu/virtiofsd"]
MEMORY = "3G"
KEPT = ["ROUNDS", "SOAK_SECONDS"]
OUTSIDE = ["gcc"]
LIMIT = 4 * 3600  # for one file: only a machine that hangs gets there
COMMAND_LIMIT = 600  # for a command outside


class Shown:
    """Prints a machine's console, and keeps it in a file."""

    def __init__(self, path):
        self.file = open(path, "w", encoding="utf-8")

    def write(self, text):
        for file in sys.stdout, self.file:
            file.write(text)

    def flush(self):
        for file in sys.stdout, self.file:
            file.flush()


def start_sharing(path):
    """virtiofsd, with a socket at `path`."""
    program = next(each for each in VIRTIOFSD if os.path.exists(each))
    return subprocess.Popen([program, f"--socket-path={path}", "-o",
                             "source=/,sandbox=chroot,cache=auto"],
                            stderr=subprocess.DEVNULL)


def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.01)


def answer(line):
    """Run the command of a line from nested/outside.c; the line that answers it."""
    number, *words = line.decode().rstrip("\n").split(" ")
    directory, *command = (bytes.fromhex(word).decode() for word in words)
    try:
        done = subprocess.run(command, cwd=directory, capture_output=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=COMMAND_LIMIT)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{number} 121 - -{str(error).encode().hex()}\n".encode()
    return (f"{number} {done.returncode} -{done.stdout.hex()} -{done.stderr.hex()}\n"
            .encode())


def connect(path):
    """A connection to a socket that somebody is about to make and to listen on."""
    while True:
        serial = socket.socket(socket.AF_UNIX)
        try:
            serial.connect(str(path))
            return serial
        except (ConnectionRefusedError, FileNotFoundError):
            serial.close()
            time.sleep(0.01)


def serve_commands(path):
    """Run each command that the machine sends through its second serial port."""
    with connect(path) as serial:
        with serial.makefile("rb") as lines:
            for line in lines:
                serial.sendall(answer(line))


def machine_of(directory, build, console):
    """One processor: with two, QEMU 7.2 kept running the breakpoint of code that the
    kernel had finished patching, as it does for each new virtual machine."""
    return NestedMachine(directory, build, SHARING, [
        "-m", MEMORY, "-object",
        f"memory-backend-memfd,id=all,size={MEMORY},share=on", "-numa",
        "node,memdev=all", "-chardev", f"socket,id=outer,path={directory}/virtiofs",
        "-device", "vhost-user-fs-pci,chardev=outer,tag=outer"], console)


def run_file(file, build, console, options):
    """pytest's status."""
    suite = build / "kvm/suite"
    environment = ["HOME=/tmp", "HOST=kvm", "KVM_MACHINE=nested", f"BUILD={build}",
                   f"PATH={suite}/bin:/usr/bin:/bin:/usr/sbin:/sbin",
                   *(f"{name}={os.environ[name]}" for name in KEPT
                     if name in os.environ)]
    with tempfile.TemporaryDirectory() as made:
        directory = Path(made)
        machine = machine_of(directory, build, console)
        machine.outer_case(
            "suite", "/usr/bin/env", "-C", ROOT, *environment, "/usr/bin/python3", "-m",
            "pytest", "-v", "-p", "no:cacheprovider", f"--basetemp={suite}/tmp", file,
            *options)
        with start_sharing(f"{directory}/virtiofs") as sharing:
            wait_for(f"{directory}/virtiofs")
            threading.Thread(target=serve_commands, args=[directory / "serial"],
                             daemon=True).start()
            try:
                return machine.boot(LIMIT)["suite"][0]
            finally:
                sharing.terminate()


def run_kept(file, build, options):
    """Run one file; whether it passed, and the line about it."""
    log = build / f"kvm/suite/{Path(file).stem}.log"
    started = time.monotonic()
    try:
        passed = run_file(file, build, Shown(log), options) in (0, 5)  # 5: none selected
    except (AssertionError, KeyError):
        passed = False
    ends = re.findall(r"^=+ (.*(?:passed|failed|error|deselected|skipped).*) =+$",
                      log.read_text(encoding="utf-8"), re.MULTILINE)
    return passed, (f"{'ok' if passed else 'FAILED':6} {file}: "
                    f"{ends[-1] if ends else f'the machine did not end: {log}'}; "
                    f"{time.monotonic() - started:.0f} s with the boot")


def main():
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    build, *words = sys.argv[1:]
    build = Path(build).resolve()
    middle = words.index("--") if "--" in words else len(words)
    programs = build / "kvm/suite/bin"
    shutil.rmtree(programs, ignore_errors=True)
    programs.mkdir(parents=True)
    for name in OUTSIDE:
        (programs / name).symlink_to(build / "kvm/nested-outside")
    results = []
    for file in words[:middle]:
        results.append(run_kept(file, build, words[middle + 1:]))
        print(results[-1][1], flush=True)
    print(*("\n" + line for _, line in results), sep="")
    return not all(passed for passed, _ in results)


if __name__ == "__main__":
    sys.exit(main())
