#!/usr/bin/python3
"""Writes the fuzz targets' first inputs: make_seeds.py DIRECTORY

Each is as small as it can be: mutations of small files go further. `make fuzz-corpus`
adds the inputs that fuzzing found and leaves out those that reach nothing new.
Depends on what make built (BUILD), and on the compilers of packages.txt.
"""

import shutil
import struct
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from conftest import BUILD, ROOT, Toolbox, run  # noqa: E402

GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC(int, add, int, double)
    EXTERNAL_FUNC_VARIADIC(int, log_line, const char *)
    EXTERNAL_FUNC_OPTIONAL(void, plot, const double *, long)
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            if (external_available(plot))
                    plot(0, 1);
            return add(1, 2.0) + log_line("");
    }
    """
INTERRUPTS = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_cpu.h>
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            _CPU_Virtual_Interrupts_open();
            return _CPU_Virtual_Irq_request(2);
    }
    """
POINTERS = GUEST.replace("JUMPSLOT_ENTRY", """
    static int words[4] = { 1 };
    static int *volatile pointers[3] = { words, words + 1, words + 2 };
    JUMPSLOT_ENTRY""").replace("(void)info;", "(void)info; *pointers[0] = 0;")
PROVIDER = """
    #include <jumpslot/provider.h>
    EXTERNAL_FUNC(int, add, int, double)
    EXTERNAL_FUNC_VARIADIC(int, log_line, const char *)
    EF(add) EF(log_line) EF(untyped)
    JUMPSLOT_DIRECT(add)
    JUMPSLOT_BLOCKING(log_line)
    JUMPSLOT_STACK_BYTES(log_line, 64)
    JUMPSLOT_SYSCALLS(add, JUMPSLOT_NO_SYSCALLS)
    JUMPSLOT_SYSCALLS(log_line, JUMPSLOT_NEEDS_STDOUT)
    JUMPSLOT_SYSCALLS_ALWAYS(JUMPSLOT_ALLOW("poll"))
    int add(int a, double b) { return a + (int)b; }
    int log_line(const char *format, ...) { return !format; }
    void untyped(void);
    void untyped(void) { }
    """
# Copies the plan, the descriptor that is the runner's first argument.
COPIES_THE_PLAN = PROVIDER + """
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/mman.h>
    #include <sys/stat.h>
    int jumpslot_provider_init(const char *path, char *message, size_t size)
    {
            char words[4096] = "";
            FILE *line = fopen("/proc/self/cmdline", "r"), *to = fopen(path, "w");
            struct stat status;
            int fd;

            (void)message, (void)size;
            if (!line || !to || !fread(words, 1, sizeof(words), line))
                    return -1;
            fd = atoi(words + strlen(words) + 1);
            if (fstat(fd, &status))
                    return -1;
            fwrite(mmap(0, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0), 1,
                   (size_t)status.st_size, to);
            fclose(to);
            fclose(line);
            return 0;
    }
    """
SMALL = ["-Wl,-z,max-page-size=4096,-z,noseparate-code,--build-id=none,--hash-style=gnu"]
TYPES = ["vv", "ii", "ipm", "dd", "mm", "i.", "ip.", "vS16.8", "S24.8S24.8i", "iV16",
         "VQQ", "fDd", "cbhtuBlqp", "iiiiiiiiiiiiiiiii", "vS524287.1", "pV64V32", "?"]
COMMANDS = ["guest", "--provider=a.so,x guest 1", "--provider a\\,b.so,o --bind now g",
            "--stack 64K --host-stack 1G --work-area 1024G g", "--line 2=fd:3 g",
            "--line 15=unix:/tmp/s --line 3=fd:2147483647 g", "--timeout 0.5 --raw g",
            "--in-place --perf-map -- -g", "--list --json --report --help",
            "--allow-missing --version", "--timeout 1e9 g"]


class Tools(Toolbox):
    """A toolbox whose files do not name this machine's directories in strings."""

    def compile(self, source, *flags, **options):
        hidden = [f"-fmacro-prefix-map={path}=." for path in (ROOT, self.directory)]
        return super().compile(source, *flags, *hidden, **options)


class Seeds:
    def __init__(self, directory, scratch):
        self.directory = directory
        self.paths = [str(path).encode() for path in (ROOT, scratch)]

    def add(self, target, name, data):
        """Writes an input, without the names of this machine's directories."""
        folder = self.directory / target
        folder.mkdir(parents=True, exist_ok=True)
        for path in self.paths:
            data = data.replace(path, b"/" + b"d" * (len(path) - 1))
        (folder / name).write_bytes(data)


def guests(tools, seeds):
    """With the link script, slots have pages of their own, and files are larger."""
    sources = {"calls": GUEST, "interrupts": INTERRUPTS, "pointers": POINTERS}
    for arch in "x86_64", "i386":
        for name, source in sources.items():
            guest = tools.guest(source, "-g0", arch=arch, flags=SMALL, name=name,
                                script=name == "calls")
            if name == "pointers":
                seeds.add("guest", f"symbols-{arch}", guest.read_bytes())
            add_guest(seeds, guest, f"{name}-{arch}")
    for flag in [], ["-Wl,-z,pack-relative-relocs"]:
        pie = tools.guest(POINTERS, "-g0", pie=True, flags=SMALL + flag, name="pie",
                          script=False)
        add_guest(seeds, pie, f"pie{len(flag)}-x86_64")
    packed = tools.directory / "compressed.elf"
    run("objcopy", "--compress-debug-sections=zlib",
        tools.guest(GUEST, "-g0", flags=SMALL, name="packed", script=False), packed)
    add_guest(seeds, packed, "compressed-x86_64")


def add_guest(seeds, guest, name):
    run("strip", "--keep-section=.debug_externals", guest)
    seeds.add("guest", name, guest.read_bytes())


def providers(tools, seeds):
    for arch in "x86_64", "i386":
        provider = tools.provider(PROVIDER, "-g0", "-nostdlib", *SMALL, arch=arch)
        run("strip", provider)
        seeds.add("provider", f"provider-{arch}", provider.read_bytes())


def plans(tools, seeds):
    provider = tools.provider(COPIES_THE_PLAN, name="copy")
    plan = tools.directory / "plan"
    for name, source, options in (("calls", GUEST, ["--bind", "now"]),
                                  ("interrupts", INTERRUPTS, ["--line", "2=fd:0"])):
        guest = tools.guest(source, "-g0", name=name)
        options = [each for each in options if name == "calls"]
        tools.wrapper("--provider", f"{provider},{plan}", *options, guest, "word", "")
        seeds.add("plan", name, plan.read_bytes())
    lines = bytearray(plan.read_bytes())
    at = len(lines) + 7 & ~7
    lines += bytes(at - len(lines)) + struct.pack("<IIIIIIII", 2, 0, 3, 0, 15, 2, 4, 0)
    struct.pack_into("<QQ", lines, LINES_AT, at, 2)
    struct.pack_into("<Q", lines, SIZE_AT, len(lines))
    seeds.add("plan", "lines", bytes(lines))
    ports = bytearray(lines)
    at = len(ports)
    ports += struct.pack("<IIIIIIQIIII", 0, 1, 1, 8192, 256, 5, 0, 6, 0, 2, 0)
    ports += struct.pack("<IIIIIIQIIII", 1, 0, 0, 64, 1, 7, 1000, 0xffffffff, 2, 1, 0)
    struct.pack_into("<QQQQ", ports, PORTS_AT, at, 2, len(ports), 3)
    ports += struct.pack("<IIII", 8, 9, 10, 0)
    struct.pack_into("<Q", ports, SIZE_AT, len(ports))
    seeds.add("plan", "ports", bytes(ports))


# Tables in struct boot_image, and the sizes of their records.
RULES_AT, RULE_SIZE = 128, 16
ENDS_AT, END_SIZE = 160, 48


def tables(image, at, size):
    """The image up to the end of its last table."""
    offset, count = struct.unpack_from("<QQ", image, at)
    return image[:offset + count * size]


def boot_images(tools, seeds):
    """The tables of each image, and the monitor's lines about such a guest."""
    image = tools.directory / "image"
    for arch in "x86_64", "i386":
        guest = tools.guest(INTERRUPTS, "-g0", arch=arch, name=f"boot-{arch}")
        tools.wrapper("--host", "monitor", "--image", image, guest)
        seeds.add("boot", f"tables-{arch}",
                  tables(image.read_bytes(), RULES_AT, RULE_SIZE))
    channels = (BUILD / "unit/channels.boot").read_bytes()
    seeds.add("boot", "tables-channels", tables(channels, ENDS_AT, END_SIZE))
    for name, line in (("end", b"end 0 11 0 " + b"0f" * OUTCOME_SIZE),
                       ("refused", b"refused: not enough memory"), ("done", b"done"),
                       ("health", b"health 1200000 1 0 4 2 4198489 16 "),
                       ("rest", b"missed 3 \nrestarts 1 4 \nhalt 1 \nreset")):
        seeds.add("monitor_log", name, b"started\n" + line + b"\n")
    model = run(ROOT / "gen/monitor-model", ROOT / "tests/unit/inputs/partitions.toml",
                "-o", tools.directory / "model")
    assert not model.stderr
    seeds.add("model", "partitions", (tools.directory / "model").read_bytes())


OUTCOME_SIZE = 384
KINDS = 24  # of outcomes, and one that is not known
HOST_EXIT, RUNNING, ENDED = 22, 1, 2  # common/outcome.h
GDB = (b"?", b"g", b"G00", b"p10", b"P10=0010400000000000", b"m401000,40",
       b"M401000,2:cccc", b"c", b"C0b", b"s", b"Z0,401000,1", b"z0,401000,1", b"k", b"D",
       b"qSupported:swbreak+", b"qfThreadInfo", b"qOffsets", b"qC", b"vKill;1", b"H g0")
SIZE_AT, LINES_AT, PORTS_AT = 8, 224, 240  # offsets in struct plan


def texts(seeds):
    for index, text in enumerate(TYPES):
        seeds.add("types", f"type{index}", bytes([40 + index]) + text.encode())
    for index, text in enumerate(COMMANDS):
        seeds.add("options", f"command{index}", text.replace(" ", "\n").encode())
    for kind in range(5):
        seeds.add("lines", f"kind{kind}", bytes([kind, 2, 100, 1, 0, 40, 1, 80, 255, 1]))
    packets = b"".join(b"$%s#%02x" % (text, sum(text) % 256) for text in GDB)
    seeds.add("gdb", "packets", b"+\x03" + packets + b"$wrong#00$}]#7d")
    for index, text in enumerate(GDB):
        seeds.add("gdb", f"command{index}", text)
    head = struct.Struct("<QHHHH H6x")
    words = struct.pack("<QQq", 0x1038, 8, 0x1000)
    relr = struct.pack("<QQ", 0x1038, 0xff)
    seeds.add("relocations", "both",
              head.pack(0x5000, 0, 1, 3, 2, 7) + words + relr + bytes(256))


def outcomes(seeds):
    """Each kind, with two frames of a backtrace, after signal 11 and after a time-out."""
    for kind in range(KINDS):
        head = struct.pack("<iBBHIiiI", 9 if kind % 4 == 3 else 11, kind % 4 == 3, 2, 0,
                           kind, 11, 1, 0)
        seeds.add("outcome", f"kind{kind}", head + bytes(OUTCOME_SIZE - 16) +
                  b"\0" * 16 + b"a.c")
    for phase in RUNNING, ENDED:  # the process exited with status 9, the guest with 3
        head = struct.pack("<iBBHIiiI", 9 << 8, 0, 0, 0, HOST_EXIT, 0, 0, 0)
        seeds.add("outcome", f"phase{phase}", head + bytes(OUTCOME_SIZE - 24) +
                  struct.pack("<Ii", phase, 3))


def record(kind, words, number, *data, stack=1):
    return struct.pack(f"<HHIQQQ{len(data)}Q", kind, words, number, 10, 0x401058, stack,
                       *data)


TRACES = {
    "call": record(1, 8, 0, 5, 0x401000, 2, 0) + record(2, 7, 0, 20, 1, 0),
    "text": record(1, 8, 3, 0x402000, 5, 0x726567656e, 0x100),
    "interrupt": record(4, 4, 2) + record(5, 4, 2) + record(6, 4, 0) + record(7, 4, 0),
    "skipped": record(1, 8, 2, 0, 0x3ff0 << 48, 0, 0) + record(3, 7, 2, 0, 0, 0),
    "open": record(1, 5, 4, 0, stack=0x7000) +
            record(1, 6, 6, 0x3f800000, 0, stack=0x6f00),
    "cut": record(1, 96, 1, 0, 0),
    "long": record(1, 40, 0, 0, 0, 255, *[0x2020202020202020] * 33),
}
ANSWERS = b"12 guest.c\n0 -\n7 a b.c\n"
FRAMES = b"401058 12 guest.c\n0 0 -\n"


def shared_memory(seeds):
    """Records of a trace, with and without answers of the finder of source lines."""
    head = struct.Struct("<QQQQQIhHIBBxx")
    for index, (name, words) in enumerate(TRACES.items()):
        for reset in 0, 1:
            start = head.pack(0, 4096, 0x6000, 0x8000, 5, 0x3fffe * index, 0,
                              len(ANSWERS) * reset, 0, reset, 1)
            seeds.add("trace", f"{name}{reset}",
                      start + words + words + ANSWERS * reset)


# Changes of hello, (range, width, offset, value) as in fuzz_debug_info.c: of .debug_line
# and .debug_info, of the unwind table and of the table of sections.
CHANGES = (), ((2, 0, 0x56c + 0x30, 0xff), (2, 2, 0x147, -1)), ((1, 0, 0x50, 0x41),), (
    (0, 1, 0x3c, 7),)


def debug_info(seeds, i386, index, outcome_and_stack):
    """The image as it is, or with changes, and a walk of the stack or source lines."""
    for number, changes in enumerate(CHANGES):
        packed = b"".join(struct.pack("<BBHi", *change) for change in changes)
        outcome, stack = (outcome_and_stack[:OUTCOME_SIZE],
                          outcome_and_stack[OUTCOME_SIZE:])
        seeds.add("debug_info", f"{i386}{index}{number}",
                  struct.pack("<BBHI", i386, index, len(changes), 1) + outcome + packed +
                  stack)


# The code of hello that an outcome is at: its entry, and a stub.
PLACES = (0x40104a, 0x401020), (0x804904a, 0x8049020)


def stacks(seeds):
    """A frame at a stack's start, of frame pointers, whose caller is the entry."""
    for i386, places in enumerate(PLACES):
        for index, pc in enumerate(places):
            word = "<II" if i386 else "<QQ"
            stack = struct.pack(word, 0x7010, places[0]) * 8
            outcome = bytearray(OUTCOME_SIZE)
            struct.pack_into("<QQQQII", outcome, OUTCOME_SIZE - 48, pc, 0x7000, 0x7000,
                             0x7000, len(stack), 0)
            seeds.add("backtrace", f"stack{i386}{index}",
                      struct.pack("<BBHI", i386, 0, len(FRAMES), 1) + outcome + FRAMES +
                      stack)
            debug_info(seeds, i386, index, outcome + stack)
    many = b"1 1 a\n" * 40
    seeds.add("backtrace", "many",
              struct.pack("<BBHI", 0, 0, len(many), 1) + bytes(OUTCOME_SIZE) + many)


def main():
    directory = Path(sys.argv[1])
    scratch = Path(tempfile.mkdtemp())
    try:
        tools, seeds = Tools(scratch), Seeds(directory, scratch)
        guests(tools, seeds)
        providers(tools, seeds)
        plans(tools, seeds)
        boot_images(tools, seeds)
        texts(seeds)
        outcomes(seeds)
        shared_memory(seeds)
        stacks(seeds)
    finally:
        shutil.rmtree(scratch)
    print(f"{sum(1 for each in directory.rglob('*') if each.is_file())} inputs, "
          f"built below {BUILD}")


if __name__ == "__main__":
    main()
