"""Fixtures and helpers of all tests: guests, providers and the wrapper, built on demand.

Depends on the tree and on what make built; not on where the tree lies.
"""

import ctypes
import os
import re
import signal
import subprocess
import sys
import textwrap
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/lib"))
from host_abilities import ARCHES, is_foreign, lacking  # noqa: E402
BUILD = Path(os.environ.get("BUILD", ROOT / "build")).resolve()
# For make, by the name that it has already: flags contain it, so another name would build
# everything again while other tests run.
MAKE_BUILD = f"BUILD={os.environ.get('BUILD', 'build')}"
WARNINGS = "-Wall -Wextra -Wshadow -Wconversion -Werror".split()
MACHINE = {"x86_64": "-m64", "i386": "-m32"}
# Flags of the host's code, as in mk/flags.mk.
HOST_MACHINE = {"x86_64": ["-m64"],
                "i386": ["-m32", "-D_FILE_OFFSET_BITS=64", "-D_TIME_BITS=64",
                         "-idirafter", "/usr/include/x86_64-linux-gnu"]}
# The host that guests run on, and how to start it: HOST=kvm or HOST=monitor tests another
# one. The monitor counts instructions for its time, and zeroes the work area.
HOST = os.environ.get("HOST", "process")
HOST_OPTIONS = {"process": [], "kvm": ["--host", "kvm"],
                "monitor": ["--host", "monitor", "--clock", "guest",
                            "--work-area", "64K"]}
WRAPPER = [BUILD / "bin/host-wrapper", *HOST_OPTIONS[HOST]]
SANITIZED = os.environ.get("SANITIZED") == "1"
# Longer than anything takes on a machine ten times slower: only what hangs gets there.
# Less than a test may take in all (TEST_LIMIT in tests/rules.mk).
HANGS = 900
only_x86_64 = pytest.mark.parametrize("arch", ["x86_64"])


def start_like_a_shell():
    """Undo what nohup and background jobs do to signals; adopt orphans of the tests."""
    for number in signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    pr_set_child_subreaper = 36
    ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1, 0, 0, 0)


class Process(subprocess.Popen):
    """One that ends when the test that waits for it fails: it may run without end."""

    def __exit__(self, kind, *rest):
        if kind is not None:
            self.kill()
        super().__exit__(kind, *rest)


start_like_a_shell()
subprocess.Popen = Process  # in all tests
os.environ["NO_COLOR"] = "1"  # tests compare texts; colours have a test of their own


def reap(pid):
    """Wait for an orphan that has ended: a PID namespace lasts until all are gone."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass


def is_ending(pid):
    """True for a zombie, for what SIGKILL is about to end, and for the first process of a
    PID namespace that ends."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        pending = int(re.search(r"^ShdPnd:\s*(\w+)", status, re.MULTILINE)[1], 16)
        return (pending >> signal.SIGKILL - 1 & 1 or
                not Path(f"/proc/{pid}/cmdline").read_bytes())
    except (FileNotFoundError, ProcessLookupError):
        return True


def children():
    """Process numbers of what runs below this process, after all zombies are gone."""
    found = None
    while found is None or any(map(is_ending, found)):
        found = [pid for task in Path("/proc/self/task").iterdir()
                 for pid in map(int, (task / "children").read_text().split())]
        for pid in filter(is_ending, found):
            reap(pid)
    return found


@pytest.fixture(autouse=True, scope="module")
def nothing_is_left_running():
    """Tests end what they start, also when they fail. Anything left ends here."""
    yield
    left = [(pid, Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " "))
            for pid in children()]
    for pid, _ in left:
        os.kill(pid, signal.SIGKILL)
    assert not left, f"left running: {left}"


def run(*command, check=True, **options):
    """Run a command with its output as text; a failure shows what it printed."""
    result = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True,
        timeout=options.pop("timeout", HANGS), **options)
    if check and result.returncode != 0:
        pytest.fail(f"{result.args} ended with {result.returncode}:\n"
                    f"{result.stdout}{result.stderr}")
    return result


def without_account(report):
    """A report without the runner's account of its place, registers and stack."""
    return re.sub(r"^  it (was|has not) .*\n|"
                  r"^  (place and cause|the place) above.*\n(    .*\n)*", "", report,
                  flags=re.MULTILINE)


class Toolbox:
    """Compiles into one test's own directory, for `arch` unless told otherwise."""

    def __init__(self, directory, arch="x86_64"):
        self.directory = directory
        self.arch = arch

    def write(self, name, text):
        path = self.directory / name
        path.write_text(textwrap.dedent(text))
        return path

    def compile(self, source, *flags, arch=None, cc="gcc", name=None, check=True,
                standard="c11", optimize="-O2", pic="-fno-pie"):
        """Compile guest source (a path, or C text) to an object file."""
        arch = arch or self.arch
        if not isinstance(source, Path):
            count = len(list(self.directory.iterdir()))
            suffix = ".cc" if "++" in standard else ".c"
            source = self.write((name or f"source{count}") + suffix, source)
        target = self.directory / ((name or source.stem) + f"-{arch}.o")
        result = run(cc, MACHINE[arch], f"-std={standard}", optimize, "-g", pic,
                     "-ffreestanding", "-fno-stack-protector", "-fcf-protection",
                     "-ffunction-sections", "-fdata-sections", *WARNINGS,
                     *flags, "-I", ROOT / "guest-macros", "-c", source, "-o", target,
                     check=check)
        return target if check else result

    def link(self, *objects, arch=None, linker="bfd", name="guest", script=True,
             pie=False, gc=True, flags=(), check=True):
        """Link objects to a guest image."""
        arch = arch or self.arch
        target = self.directory / f"{name}-{arch}.elf"
        result = run("gcc", MACHINE[arch], "-nostdlib", f"-fuse-ld={linker}",
                     "-static-pie" if pie else "-static",
                     *(["-Wl,--gc-sections"] if gc else []), "-Wl,--build-id",
                     *(["-T", ROOT / "linkscripts/externals.ld"] if script else []),
                     *flags, *objects, "-o", target, check=check)
        return target if check else result

    def guest(self, source, *flags, arch=None, cc="gcc", **link):
        """Compile and link a guest of one source file."""
        return self.link(self.compile(source, *flags, arch=arch, cc=cc,
                                      pic="-fpie" if link.get("pie") else "-fno-pie"),
                         arch=arch, **link)

    def provider(self, source, *flags, arch=None, cc="gcc", linker="bfd",
                 name="provider", check=True, needs=()):
        """Compile and link a provider of one source file (a path, or C text). If it
        states no system calls, it gets those that most tests need, and `needs`."""
        arch = arch or self.arch
        if not isinstance(source, Path):
            source = self.write(f"{name}.c", source)
        target = self.directory / f"{name}-{arch}.so"
        states = "JUMPSLOT_SYSCALLS" in source.read_text()
        result = run(cc, *HOST_MACHINE[arch], "-std=gnu11", "-O2", "-g", "-fPIC",
                     "-shared", f"-fuse-ld={linker}", *WARNINGS,
                     "-I", ROOT / "guest-macros", "-I", ROOT / "host-wrapper/include",
                     "-I", self.directory, *flags, source,
                     *([] if states else self.stated(needs)),
                     "-o", target, check=check)
        return target if check else result

    @staticmethod
    def stated(needs=()):
        """A source and flags that state system calls for a provider."""
        rules = ", ".join(f'JUMPSLOT_ALLOW("{name}")' for name in needs)
        return [ROOT / "tests/lib/provider_needs.c",
                *([f"-DALSO_NEEDS={rules}"] if needs else [])]

    @staticmethod
    def gen_func_list(*arguments, check=True):
        return run("/usr/bin/python3", ROOT / "gen/gen-func-list", *arguments,
                   check=check)

    @staticmethod
    def wrapper(*arguments, **options):
        """Run host-wrapper; the caller looks at the exit status."""
        if HOST == "monitor" and "input" not in options:
            options.setdefault("stdin", subprocess.DEVNULL)
        return run(*WRAPPER, *arguments, check=False, **options)


def pytest_configure(config):
    config.addinivalue_line("markers", "not_sanitized(reason): left out if launcher and "
                            "runners have sanitizers (SANITIZED=1)")


def is_left_out(item):
    """HOST does not run the test, or sanitizers do not allow it."""
    return is_foreign(HOST, item.nodeid) or (
        SANITIZED and item.get_closest_marker("not_sanitized"))


def pytest_collection_modifyitems(config, items):
    """Leave out tests, and skip those that HOST lacks an ability for."""
    foreign = [item for item in items if is_left_out(item)]
    config.hook.pytest_deselected(items=foreign)
    items[:] = [item for item in items if item not in foreign]
    for item in items:
        for ability in lacking(HOST, item.nodeid):
            item.add_marker(pytest.mark.skip(f"the {HOST} host lacks {ability}"))


def pytest_terminal_summary(terminalreporter):
    """Name what was skipped because the machine lacks /dev/kvm: make shows that line."""
    lacking_kvm = Counter(
        Path(report.fspath).name for report in terminalreporter.stats.get("skipped", [])
        if report.longrepr[2] == "Skipped: needs /dev/kvm")
    if lacking_kvm:
        files = ", ".join(f"{count} of {name}" for name, count in lacking_kvm.items())
        terminalreporter.write_line(f"NOT RUN, as /dev/kvm cannot be opened: {files}")


@pytest.fixture
def arch():
    """The architecture of the guests. A file that tests each architecture imports
    `each_arch as arch`, and marks those that do not @only_x86_64."""
    return "x86_64"


@pytest.fixture(params=ARCHES[HOST])
def each_arch(request):
    return request.param


@pytest.fixture
def tools(tmp_path, arch):
    return Toolbox(tmp_path, arch)
