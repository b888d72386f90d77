"""Why goals are missed: what was measured, for the page that shows the results.

A reason is for the rows whose name matches; it holds whatever the newest numbers are, and
says on which processor its own numbers were taken. Depends on nothing.
"""

import re

EPYC = "On an AMD EPYC (family 25), "

# (pattern of the row's name, machine or None for both, reason); the first match counts.
REASONS = [
    (r"one int, any guest", None,
     "The gate reads MXCSR by STMXCSR on each way on which it may have changed. " + EPYC +
     "one STMXCSR takes 4.6 ns, and 7.1 with the comparison of what it stored. The rest "
     "is three jumps more than in a direct call."),
    (r"functions in turn", None,
     "All thunks jump to one gate, whose one indirect call leads to another function "
     "each time; a direct call has a jump of its own in each stub. " + EPYC +
     "16 names of one function take as long as one name, and 16 functions 8 ns more per "
     "call; in a third of the processes, whose addresses differ, 0.2 ns. So the indirect "
     "call is mispredicted."),
    (r"^(no arguments|one int)$", None,
     "The gate reads no MXCSR here. The change of stacks, the record of the call and "
     "three jumps are left."),
    (r"^blocking, one int$", None,
     "There is no system call in it: the time is that of the instructions in its line."),
    (r"^blocking", None,
     "A guest that has prepared its clock takes interrupts, so a blocking call masks the "
     "interrupt signal and unmasks it: two system calls. Without a clock there are "
     "none."),
    (r"^callback", None,
     "A callback leaves the gate and enters it again, and checks that both return in "
     "order. Of any guest, it reads MXCSR up to four times. " + EPYC +
     "one STMXCSR takes 4.6 ns."),
    (r"^hello", None,
     "A start needs two processes, and a program that is linked to glibc executes 41 "
     "CPUIDs as it starts. " + EPYC + "a CPUID takes 6.7 us, because the hypervisor "
     "emulates it: a fifth of the samples of a start of hello are at the CPUIDs of its "
     "two processes. A page that is touched for the first time takes 2.3 us, and a start "
     "touches 136, `/bin/true` 48. In parts of `/bin/true`: two static programs, of "
     "which one starts the other, 1.5; reading the guest and writing the plan 0.2; "
     "mapping the guest 0.2; the sandbox 0.2; the supervisor and process 1 of the "
     "namespace 0.4. A guest with a provider needs a dynamic linker in its runner."),
    (r"imports.* : dlopen", None,
     "The launcher executes 1,800 instructions per import: it checks names and types of "
     "both files letter by letter, hashes them, and looks each up in two tables. "
     "`dlopen()` trusts the file, and has one process. " + EPYC + "page faults of 2.3 us "
     "each were two thirds of a start, 29,500 of them; tables now lie in huge pages, and "
     "620 faults are left."),
    (r"^stub : PLT", None,
     "A stub begins with `endbr`, which this peer does not have; the line with endbr has "
     "a peer that does. Stubs are 32 bytes apart and entries of the PLT 16. A hot half "
     "of 16 bytes was tried: first calls took 24 to 28 % longer, bound calls no less."),
    (r"^inline : direct", None,
     "An indirect call has one load more than a direct one, and its target takes an "
     "entry of the processor's predictor of indirect jumps; the lines for 1, 16 and 128 "
     "functions show from how many functions on that matters. Where x86-64 calls are "
     "that frequent, link the guest as a static PIE, which is mapped near its provider."),
    (r"^first : lazy first", None,
     "A first call of a function that is bound already is cold code with branches that "
     "nothing has trained. That alone, in the line with `--bind now`, takes most of the "
     "goal. Without the resolver's atomic instructions it takes 2 to 5 cycles less."),
    (r"^interrupt : signal|^idle", None,
     "The cost above that of a bare signal is the frame, the decision and the way back; "
     "`perf record` shows most of it at the XRSTOR."),
    (r"SQLite", None,
     "The sandbox's filter runs before each of 145,000 system calls, and each pointer "
     "and path is checked against the guest's memory before them."),
    (r"^Lua, computes", "i386",
     "The peer is Debian's Lua, a 64-bit program."),
]

UNKNOWN = "No reason was measured yet."


def reason_for(row):
    for pattern, machine, reason in REASONS:
        if machine in (None, row["machine"]) and re.search(pattern, row["what"]):
            return reason
    return UNKNOWN
