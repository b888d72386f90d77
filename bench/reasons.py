"""Why goals are missed: what was measured, for the page that shows the results.

A reason is for the rows whose name matches; it holds whatever the newest numbers are, and
says on which processor its own numbers were taken. Depends on nothing.
"""

import re

EPYC = "On an AMD EPYC (family 25), "

# (pattern of the row's name, machine or None for both, reason); the first match counts.
REASONS = [
    (r"one int, any guest", None,
     "The gate reads MXCSR by STMXCSR on each way on which it may have changed: eight "
     "instructions more than for a guest that cannot write it. " + EPYC + "one STMXCSR "
     "takes 4.6 ns, and 7.1 with the comparison of what it stored."),
    (r"functions in turn", None,
     "All thunks jump to one gate, whose one indirect call leads to another function "
     "each time; a direct call has a jump of its own in each stub. " + EPYC +
     "16 names of one function take as long as one name, and 16 functions 8 ns more per "
     "call; in a third of the processes, whose addresses differ, 0.2 ns. So the indirect "
     "call is mispredicted."),
    (r"^(no arguments|one int)$", None,
     "The gate executes 37 instructions more than a direct call on x86-64, and 50 to 53 "
     "on i386, none of which reads MXCSR: the change of stacks, the record of the call, "
     "comparisons and three jumps. " + EPYC + "a cycle takes 0.27 ns, and parts were "
     "left out one by one, in 9 processes each. On x86-64, of 10 to 11 cycles, both "
     "FNSTCW take 1; no other check takes one; without any check 8 to 9 are left, which "
     "are the change of stacks, the jumps, and the call of a provider terabytes away, 3 "
     "of them. On i386, of 12 to 13 cycles, both FNSTCW take 5 to 6, and no other check "
     "more than 1. The two could go where no code loads x87's control word, as MXCSR's "
     "check does. But two bytes make such an instruction: guests of the RTOS hold 3 to "
     "14 at any offset, and Lua 43 on x86-64 and 118 on i386."),
    (r"^blocking, one int$", None,
     "There is no system call in it: the time is that of the instructions in its line."),
    (r"^blocking", None,
     "While the guest's clock is set, a blocking call masks the interrupt signal and "
     "unmasks it: two system calls. Otherwise there are none. "
     "The clock is a timer of the kernel, whose signal no word in memory holds back, and "
     "it would end poll(), sleep and others with EINTR. " + EPYC + "the two "
     "rt_sigprocmask() take 443 ns alone; one getppid() takes 184."),
    (r"^callback", None,
     "A callback leaves the gate and enters it again, and checks that both return in "
     "order: 180 instructions more than a plain call on x86-64 and 220 on i386, most of "
     "them in two C functions. Of any guest, it reads MXCSR once more. " + EPYC +
     "that is 3.7 instructions per cycle on x86-64 and 2.8 on i386, whose C functions "
     "take arguments from the stack and find their data by a call; an STMXCSR adds 2 to "
     "8 ns."),
    (r"^hello", None,
     "A start needs two processes, of which the runner is linked to glibc and "
     "executes 41 CPUIDs as it starts; so does `/bin/true`. " + EPYC +
     "a CPUID takes 6.7 us, because the hypervisor emulates it: a seventh of the "
     "samples of a start of hello are at them. The launcher is linked to musl, and "
     "executes none. A page that is touched for the first time takes 2.3 us, and a "
     "start touches 91, `/bin/true` 48. The supervisor and process 1 of the namespace "
     "take 0.4 times `/bin/true`, mapping the guest 0.2. Instructions are the smaller "
     "part: 181,000 of user mode, where `/bin/true` has 112,000. A runner on musl "
     "executes none of the CPUIDs of a start, and nearly all of it compiles: four "
     "files use RWF_NOWAIT, sigev_notify_thread_id, `<sys/platform/x86.h>` or "
     "__ELF_NATIVE_CLASS of glibc. But musl's handling of signals, threads and TLS is "
     "another one, and the proofs of interrupts and gates are not made for it. A "
     "guest with a provider needs a dynamic linker in its runner, another 225,000 "
     "instructions."),
    (r"imports.* : dlopen", None,
     "The launcher executes 1,460 instructions per import, which is three records with "
     "names and two types: 190 check the names, 40 the types, 400 hash names and search "
     "two tables, 700 decode the records, check what they point to and link; the rest "
     "writes the plan. It fills 130 bytes of tables for each, and keeps 45 of strings. "
     "The runner adds 430 to 500 instructions, among them a symbol for a debugger that "
     "may attach later. `dlopen()` trusts the file, and has one process. The line `names "
     "found` is a program that only finds each function by its name, in one process and "
     "without a check: that alone takes half of the goal and more. " + EPYC +
     "half of a start's time was the kernel's, which clears a page before it is used: "
     "21 to 24 huge pages, of which the launcher needs 11, and 410 others."),
    (r"^stub : PLT", None,
     "The jump of a stub, and of the PLT, had another target before the function was "
     "bound. " + EPYC + "with 1 and 16 functions such a jump takes up to 4 cycles more, "
     "on either side, in some processes and not in others; with `--bind now` no stub "
     "does. A stub begins with `endbr`, one instruction that this peer does not have; "
     "the line with endbr has a peer that does. Stubs are 32 bytes apart and entries of "
     "the PLT 16. A hot half of 16 bytes was tried: first calls took 24 to 28 % longer, "
     "bound calls no less."),
    (r"^inline : direct", None,
     "Both sides execute the same number of instructions. An indirect call has one load "
     "more than a direct one, and its target takes an entry of the processor's predictor "
     "of indirect jumps; the lines for 1, 16 and 128 functions show from how many "
     "functions on that matters. " + EPYC + "a call of a function terabytes away takes 3 "
     "cycles more than one nearby, also of one function alone. Where x86-64 calls are "
     "that frequent, link the guest as a static PIE, which is mapped near its provider."),
    (r"^first : lazy first", None,
     "A first call executes 73 instructions on x86-64 and 76 on i386, glibc's 700 and "
     "760. But it is cold code with branches that nothing has trained: a first call of a "
     "function that is bound already, in the line with `--bind now`, takes most of the "
     "goal for 7 instructions. Without the resolver's atomic instructions it takes 2 to "
     "5 cycles less."),
    (r"^interrupt : signal|^idle", None,
     "The cost above that of a bare signal is the frame, the decision and the way back, "
     "1,440 instructions of user mode on x86-64 and 1,740 on i386; a bare signal has 30 "
     "and 56. `perf record` shows most of the time at the XRSTOR."),
    (r"^disable and enable", None,
     "The pair is inline, and has 8 instructions more than an empty loop on x86-64, and "
     "10 on i386, with a load that waits for a store."),
    (r"SQLite", None,
     "The sandbox's filter runs before each of 145,000 system calls, and each pointer "
     "and path is checked against the guest's memory before them."),
    (r"^Lua, calls the host", None,
     "os.time() is little more than the call of the host. " + EPYC + "it takes 29 ns in "
     "Debian's Lua, where time() takes 4, and 40 as a guest; on i386 47 natively, and 55 "
     "as a guest: the stub, the provider's clock_gettime() of the same clock, 6 ns, and "
     "a division by a billion, which i386 calls a function for."),
    (r"^Lua, computes : (Debian|native)", None,
     "The guest's Lua executes 1.06 times as many instructions: newlib's setjmp() and "
     "string functions are other ones. A quick try shows mostly the start."),
    (r"^(trapped|inline) call : bare|^loop : |^Lua, computes : process|bare machines?$",
     None,
     "Where this was measured, another hypervisor emulates `/dev/kvm`, so an exit takes "
     "tens of microseconds and varies with the load of the machine."),
    (r"^private memory", None,
     "Each guest has a launcher that supervises it, a runner and a process 1."),
    (r"^load and run, by providers", None,
     "glibc's `dlopen()` compares the name of a library with those of all that are "
     "loaded, and copies its list of them. From 24 to 32 providers, that takes 57,000 of "
     "136,000 instructions more, by callgrind; from 8 to 16, 28,000 of 105,000. The rest "
     "grows in a straight line."),
    (r"straight line$", None,
     "Tables that double are a step in the line, which few points show as growth; a "
     "quick try has three points."),
    (r"^slot's begin", None,
     "The timer's grain is 838 ns, and the kernel looks at the clock in between; QEMU "
     "counts 8 ns per instruction."),
    (r"^reset to the guest", None, "QEMU's firmware is most of it."),
]

UNKNOWN = "No reason was measured yet."

# Why a cell of the table of all hosts is empty: {host: (of instructions, of times)}
ABSENCES = {
    "process": ("not measured", "not measured"),
    "kvm": ("no: nothing counts in the machine",
            "no: this `/dev/kvm` does not run it"),
    "monitor": ("not measured", "no: QEMU emulates it; see instructions"),
}


def reason_for(row):
    for pattern, machine, reason in REASONS:
        if machine in (None, row["machine"]) and re.search(pattern, row["what"]):
            return reason
    return UNKNOWN


def absence_of(host, unit):
    return ABSENCES[host][0 if unit == "instructions" else 1]
