"""Bound calls: stubs beside the PLT, -fno-plt and pointers; inline calls beside direct
ones."""

from statistics import median

import many_calls
from rows import addition_ticks, ratio_row
from runs import BENCH, CALLS, PROCESSES, REPETITIONS, in_turn, read_pairs, run, run_guest

GOAL = 1.05
COUNTS = 1, 16, 128, 1000
WITHOUT_GOAL = "endbr", "-fno-plt", "pointer", "linked"


def beside_peers(host, folder, guest, times):
    """{what: pairs}, all in one process."""
    options = f"{REPETITIONS},{times},{folder / 'bound-peer.so'}"
    return read_pairs(run_guest(host, folder, guest, "bound-provider.so", options))


def beside_programs(i, host, folder, times):
    """Pairs of a guest and three ordinary programs, each alone in its process."""
    ours, *peers = (
        [int(line) for line in output.split()] for output in in_turn(
            i, lambda: run_guest(host, folder, "bound-fixed.elf", "bound-provider.so",
                                 f"{REPETITIONS},{times}"),
            *(lambda program=program: run(folder / program, REPETITIONS, times)
              for program in ("bound-program", "bound-ibt-program", "bound-linked"))))
    return [list(zip(ours, peer)) for peer in peers]


def x86_64_once(i, host, folder, times):
    near, far = in_turn(i, lambda: beside_peers(host, folder, "bound-pie.elf", times),
                        lambda: beside_peers(host, folder, "bound-fixed.elf", times))
    program, ibt, linked = beside_programs(i, host, folder, times)
    return {"stub : PLT, near": near["stub : PLT"],
            "stub : PLT, far": program,
            "stub : PLT with endbr, far": ibt,
            "stub : -fno-plt, near": near["stub : -fno-plt"],
            "stub : pointer, near": near["stub : pointer"],
            "stub : linked": linked,
            "inline : direct, near": near["inline : direct"],
            "inline : direct, far": far["inline : direct"],
            "equal : equal": near["equal : equal"] + far["equal : equal"]}


def i386_once(i, host, folder, times):
    """In 32 bits no function is far away, but there are two kinds of PLT."""
    guest = beside_peers(host, folder, "bound-fixed.elf", times)
    program, ibt, linked = beside_programs(i, host, folder, times)
    return {"stub : PLT of a library": guest["stub : PLT"],
            "stub : PLT of a program": program,
            "stub : PLT with endbr": ibt,
            "stub : -fno-plt": guest["stub : -fno-plt"],
            "stub : pointer": guest["stub : pointer"],
            "stub : linked": linked,
            "inline : direct": guest["inline : direct"],
            "equal : equal": guest["equal : equal"]}


ONCE = {"x86_64": x86_64_once, "i386": i386_once}


def goal_of(what):
    return None if any(word in what for word in WITHOUT_GOAL) else GOAL


def rows(machine, host):
    samples, equal = {}, []
    for count in COUNTS:
        folder = BENCH / machine / f"16-{count}"
        processes = [ONCE[machine](i, host, folder, CALLS // count)
                     for i in range(PROCESSES)]
        samples[count] = {what: [process[what] for process in processes]
                          for what in processes[0]}
        equal += samples[count].pop("equal : equal")
    cycle = median(addition_ticks(equal))
    noise = ratio_row(machine, "equal : equal (noise)", "ticks", equal, 1)
    return [noise, *many_calls.bound_rows(machine, host)] + [
        ratio_row(machine, f"{what}, {count:,} function{'s' * (count > 1)}",
                  "cycles per call", processes, CALLS // count * count * cycle,
                  goal_of(what))
        for count in samples for what, processes in samples[count].items()]
