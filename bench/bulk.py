"""Guests and providers with very many functions, and a library that calls as many.

Built once, below build/bench. One template of 1,000 functions is compiled, and its
assembly becomes each part: the assembler's time is quadratic in groups of one file.
"""

import subprocess
from concurrent.futures import ThreadPoolExecutor

from runs import BENCH, run

IN_PART = 1000
M = {"x86_64": "-m64", "i386": "-m32"}
AS = {"x86_64": "--64", "i386": "--32"}
INCLUDE = "-I", "guest-macros", "-I", "host-wrapper/include"


def texts(in_part):
    """{kind: (source, flags)} of one part, in which PART stands for its number."""
    names = [f"bulk_PART_{n:03d}" for n in range(in_part)]
    declared = "".join(f"EXTERNAL_FUNC(int, {name}, int)\n" for name in names)
    plain = "".join(f"int {name}(int);\n" for name in names)
    body = ("int call_PART(int sum);\nint call_PART(int sum)\n{\n"
            + "".join(f"sum += {name}(1);\n" for name in names) + "return sum;\n}\n")
    functions = "".join(f"EF({name}) int {name}(int a) {{ return a; }}\n"
                        for name in names)
    direct = "".join(f"JUMPSLOT_DIRECT({name})\n" for name in names)
    return {
        "guest": (f"#include <jumpslot/external_func.h>\n{declared}{body}",
                  ("-fno-pie", "-ffreestanding", "-ffunction-sections")),
        "provider": ("#include <jumpslot/provider.h>\n"
                     f"JUMPSLOT_SYSCALLS_ALWAYS(JUMPSLOT_NO_SYSCALLS)\n{declared}"
                     f"{functions}", ("-fPIC",)),
        "direct": ("#include <jumpslot/provider.h>\n"
                   f"JUMPSLOT_SYSCALLS_ALWAYS(JUMPSLOT_NO_SYSCALLS)\n{declared}"
                   f"{functions}{direct}", ("-fPIC",)),
        "peer": (plain + body, ("-fPIC",)),
        "library": ("".join(f"int {name}(int);\nint {name}(int a) {{ return a; }}\n"
                            for name in names), ("-fPIC",)),
    }


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
    """(guest, provider, library) with `parts` times 1,000 functions."""
    folder = BENCH / "bulk" / machine
    folder.mkdir(parents=True, exist_ok=True)
    guest, provider, library, peer = (
        folder / f"{parts}{end}"
        for end in (".elf", "-provider.so", "-library.so", "-peer.so"))
    for kind, path in ("provider", provider), ("library", library):
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


def rounds_of(machine, parts, in_part, rounds):
    """(guest, provider, program) that call `parts` times `in_part` direct functions in
    `rounds` rounds, and print the ticks of each."""
    own = "" if in_part == IN_PART else f"-{in_part}"
    folder = BENCH / "bulk" / (machine + own)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"rounds{parts}"
    guest, provider, program, library = (
        folder / f"{name}{end}" for end in (".elf", "-provider.so", "", "-library.so"))
    if not provider.exists():
        run("gcc", M[machine], "-shared", "-s",
            *objects(folder, machine, "direct", parts, in_part), "-o", provider)
    if not library.exists():
        run("gcc", M[machine], "-shared", "-s", f"-Wl,-soname,{library.name}",
            *objects(folder, machine, "library", parts, in_part), "-o", library)
    if not guest.exists():
        text = ROUNDS.format(calls=calls(parts, in_part), rounds=rounds, write=(
            "_BSP_Virtual_Console_write(text + at, sizeof(text) - at)"))
        main = compile_main(folder, machine, f"{name}-guest", f"""
            #include <jumpslot/entry.h>
            #include <jumpslot/virt_bsp.h>
            {text}
            JUMPSLOT_ENTRY(info)
            {{
                    (void)info;
                    return rounds();
            }}
            """, "-fno-pie", "-ffreestanding", "-msse2")
        run("gcc", M[machine], "-nostdlib", "-static", "-s", "-Wl,--gc-sections",
            "-T", "linkscripts/externals.ld", main,
            *objects(folder, machine, "guest", parts, in_part), "-o", guest)
    if not program.exists():
        text = ROUNDS.format(calls=calls(parts, in_part), rounds=rounds,
                             write="failed |= write(1, text + at, sizeof(text) - at) < 0")
        main = compile_main(folder, machine, f"{name}-program", f"""
            #include <unistd.h>
            static int failed;
            {text}
            int main(void)
            {{
                    return rounds() | failed;
            }}
            """, "-fno-pie", "-msse2")
        run("gcc", M[machine], "-no-pie", "-s", "-Wl,-z,lazy", "-Wl,-rpath,$ORIGIN", main,
            *objects(folder, machine, "peer", parts, in_part), library, "-o", program)
    return guest, provider, program
