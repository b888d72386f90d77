"""Guests, providers and programs with very many functions.

Built once, below build/bench, for each content of the headers and of this file. One
template of 1,000 functions is compiled, and its assembly becomes each part: the
assembler's time is quadratic in groups of one file.
"""

import hashlib
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from runs import BENCH, run

IN_PART = 1000
M = {"x86_64": "-m64", "i386": "-m32"}
AS = {"x86_64": "--64", "i386": "--32"}
INCLUDE = "-I", "guest-macros", "-I", "host-wrapper/include"


def body_of(called):
    return ("int call_PART(int sum);\nint call_PART(int sum)\n{\n"
            + "".join(f"sum += {each}(1);\n" for each in called) + "return sum;\n}\n")


def texts(in_part):
    """{kind: (source, flags)} of one part, in which PART stands for its number."""
    names = [f"bulk_PART_{n:03d}" for n in range(in_part)]
    declared = "".join(f"EXTERNAL_FUNC(int, {name}, int)\n" for name in names)
    plain = "".join(f"int {name}(int);\n" for name in names)
    body = body_of(names)
    pointers = "".join(f"static int (*volatile at_{name})(int) = {name};\n"
                       for name in names)
    functions = "".join(f"EF({name}) int {name}(int a) {{ return a; }}\n"
                        for name in names)
    direct = "".join(f"JUMPSLOT_DIRECT({name})\n" for name in names)
    guest = (f"#include <jumpslot/external_func.h>\n{declared}{body}",
             ("-fno-pie", "-ffreestanding", "-ffunction-sections"))
    return {
        "guest": guest,
        "inline": (guest[0], (*guest[1], "-DJUMPSLOT_INLINE_CALLS")),
        "gated": ("#include <jumpslot/provider.h>\n"
                  f"JUMPSLOT_SYSCALLS_ALWAYS(JUMPSLOT_NO_SYSCALLS)\n{declared}"
                  f"{functions}", ("-fPIC",)),
        "direct": ("#include <jumpslot/provider.h>\n"
                   f"JUMPSLOT_SYSCALLS_ALWAYS(JUMPSLOT_NO_SYSCALLS)\n{declared}"
                   f"{functions}{direct}", ("-fPIC",)),
        "peer": (plain + body, ("-fPIC",)),
        "got": (plain + body, ("-fPIC", "-fno-plt")),
        "pointer": (plain + pointers + body_of(f"at_{name}" for name in names),
                    ("-fno-pie",)),
        "library": ("".join(f"int {name}(int);\nint {name}(int a) {{ return a; }}\n"
                            for name in names), ("-fPIC",)),
    }


def folder_of(machine, in_part=IN_PART):
    """Its name changes with what the files in it are made from."""
    sources = [Path(__file__), *sorted(Path("guest-macros").rglob("*.h")),
               *sorted(Path("host-wrapper/include").rglob("*.h"))]
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources))
    folder = BENCH / "bulk" / f"{machine}-{in_part}-{digest.hexdigest()[:8]}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def assemble(folder, machine, kind, template, part):
    target = folder / f"{kind}{part:03d}.o"
    if not target.exists():
        run_with_input(["as", AS[machine], "-o", target, "-"],
                       template.replace("PART", f"{part:03d}"))
    return target


def run_with_input(command, text):
    subprocess.run([str(word) for word in command], input=text, text=True, check=True)


def objects(folder, machine, kind, parts, in_part=IN_PART):
    source, flags = texts(in_part)[kind]
    template = folder / f"{kind}.s"
    if not template.exists():
        (folder / f"{kind}.c").write_text(source)
        run("gcc", M[machine], "-O1", "-S", *flags, *INCLUDE, folder / f"{kind}.c", "-o",
            template)
    text = template.read_text()
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda part: assemble(folder, machine, kind, text, part),
                             range(parts)))


def compile_main(folder, machine, name, text, *flags):
    target = folder / f"{name}.o"
    (folder / f"{name}.c").write_text(text)
    run("gcc", M[machine], "-O1", "-c", *flags, *INCLUDE, folder / f"{name}.c", "-o",
        target)
    return target


def calls(parts, in_part=IN_PART):
    return "".join(f"int call_{n:03d}(int); sum = call_{n:03d}(sum);\n"
                   for n in range(parts)) + f"sum = sum != {parts * in_part};\n"


def bulk(machine, parts):
    """(guest, provider, peer) with `parts` times 1,000 functions. The peer is a library
    that calls as many of another one."""
    folder = folder_of(machine)
    guest, provider, library, peer = (
        folder / f"{parts}{end}"
        for end in (".elf", "-provider.so", "-library.so", "-peer.so"))
    for kind, path in ("gated", provider), ("library", library):
        if not path.exists():
            run("gcc", M[machine], "-shared", "-s",
                *objects(folder, machine, kind, parts), "-o", path)
    if not guest.exists():
        main = compile_main(folder, machine, f"main{parts}", f"""
            #include <jumpslot/entry.h>
            #include <jumpslot/virt_bsp.h>
            JUMPSLOT_ENTRY(info)
            {{
                    int sum = 0;
                    (void)info;
                    _BSP_Virtual_Console_write("r", 1);
                    {calls(parts)}
                    return sum;
            }}
            """, "-fno-pie", "-ffreestanding")
        run("gcc", M[machine], "-nostdlib", "-static", "-s", "-Wl,--gc-sections",
            "-T", "linkscripts/externals.ld", main,
            *objects(folder, machine, "guest", parts), "-o", guest)
    if not peer.exists():
        main = compile_main(folder, machine, f"all{parts}", f"""
            #include <unistd.h>
            int all(void);
            int all(void)
            {{
                    int sum = write(1, "r", 1) != 1;
                    {calls(parts)}
                    return sum;
            }}
            """, "-fPIC")
        run("gcc", M[machine], "-shared", "-s", main,
            *objects(folder, machine, "peer", parts), library, "-o", peer)
    return guest, provider, peer


# Prints the ticks of each round of calls, of which the first binds. `write`: a function.
ROUNDS = """
static void print(unsigned long long value)
{{
        char text[24];
        int at = sizeof(text);
        text[--at] = '\\n';
        do
                text[--at] = (char)('0' + value % 10);
        while (value /= 10);
        {write};
}}
static unsigned long long now(void)
{{
        unsigned long long ticks;
        __builtin_ia32_lfence();
        ticks = __builtin_ia32_rdtsc();
        __builtin_ia32_lfence();
        return ticks;
}}
static int all(void)
{{
        int sum = 0;
        {calls}
        return sum;
}}
static int rounds(void)
{{
        int failed = 0;
        for (int i = 0; i < {rounds}; i++) {{
                unsigned long long start = now();
                failed |= all();
                print(now() - start);
        }}
        return failed;
}}
"""


class Rounds:
    """Guests and programs that call `parts` times `in_part` functions in `rounds` rounds,
    and print the ticks of each."""

    def __init__(self, machine, parts, in_part, rounds):
        self.machine, self.parts, self.in_part = machine, parts, in_part
        self.rounds = rounds
        self.folder = folder_of(machine, in_part)

    def build(self, name, words):
        """The file of that name, linked from words() if it is not there yet."""
        target = self.folder / f"rounds{self.parts}-{name}"
        if not target.exists():
            run("gcc", M[self.machine], "-s", "-o", target, *words())
        return target

    def objects(self, kind):
        return objects(self.folder, self.machine, kind, self.parts, self.in_part)

    def main(self, name, source, write, *flags):
        text = source.replace("ROUNDS", ROUNDS.format(
            calls=calls(self.parts, self.in_part), rounds=self.rounds, write=write))
        return compile_main(self.folder, self.machine, f"rounds{self.parts}-{name}", text,
                            "-fno-pie", "-msse2", *flags)

    def guest_main(self):
        return self.main("guest-main", """
            #include <jumpslot/entry.h>
            #include <jumpslot/virt_bsp.h>
            ROUNDS
            JUMPSLOT_ENTRY(info)
            {
                    (void)info;
                    return rounds();
            }
            """, "_BSP_Virtual_Console_write(text + at, sizeof(text) - at)",
                         "-ffreestanding")

    def program_main(self):
        return self.main("program-main", """
            #include <unistd.h>
            static int failed;
            ROUNDS
            int main(void)
            {
                    return rounds() | failed;
            }
            """, "failed |= write(1, text + at, sizeof(text) - at) < 0")

    def guest(self, kind="guest"):
        """`kind`: guest (stubs) or inline."""
        return self.build(f"{kind}.elf", lambda: [
            "-nostdlib", "-static", "-Wl,--gc-sections", "-T", "linkscripts/externals.ld",
            self.guest_main(), *self.objects(kind)])

    def provider(self, kind="direct"):
        """`kind`: direct or gated."""
        return self.build(f"{kind}.so", lambda: ["-shared", *self.objects(kind)])

    def library(self):
        return self.build("library.so", lambda: [
            "-shared", f"-Wl,-soname,rounds{self.parts}-library.so",
            *self.objects("library")])

    def program(self, kind="peer", linked=False):
        """`kind`: peer (a PLT), got or pointer. The functions are in a library, or linked
        into the program."""
        return self.build(f"{kind}-linked" if linked else kind, lambda: [
            "-no-pie", "-Wl,-z,lazy", "-Wl,-rpath,$ORIGIN", self.program_main(),
            *self.objects(kind),
            *(self.objects("library") if linked else [self.library()])])
