"""Bound calls: stubs beside the PLT, inline calls beside direct ones."""

from statistics import median

from rows import addition_ticks, ratio_row
from runs import BENCH, CALLS, PROCESSES, REPETITIONS, in_turn, read_pairs, run, run_guest

GOAL = 1.05


def beside_peers(folder, guest, times):
    """{what: pairs}, all in one process."""
    options = f"{REPETITIONS},{times},{folder / 'bound-peer.so'}"
    return read_pairs(run_guest(folder, guest, "bound-provider.so", options))


def beside_programs(i, folder, times):
    """Pairs of a guest and two ordinary programs, each alone in its process."""
    ours, program, ibt = (
        [int(line) for line in output.split()] for output in in_turn(
            i, lambda: run_guest(folder, "bound-fixed.elf", "bound-provider.so",
                                 f"{REPETITIONS},{times}"),
            lambda: run(folder / "bound-program", REPETITIONS, times),
            lambda: run(folder / "bound-ibt-program", REPETITIONS, times)))
    return list(zip(ours, program)), list(zip(ours, ibt))


def x86_64_once(i, folder, times):
    near, far = in_turn(i, lambda: beside_peers(folder, "bound-pie.elf", times),
                        lambda: beside_peers(folder, "bound-fixed.elf", times))
    program, ibt = beside_programs(i, folder, times)
    return {"stub : PLT, near": near["stub : PLT"],
            "stub : PLT, far": program,
            "stub : PLT with endbr, far": ibt,
            "inline : direct, near": near["inline : direct"],
            "inline : direct, far": far["inline : direct"],
            "equal : equal": near["equal : equal"] + far["equal : equal"]}


def i386_once(i, folder, times):
    """In 32 bits no function is far away, but there are two kinds of PLT."""
    guest = beside_peers(folder, "bound-fixed.elf", times)
    program, ibt = beside_programs(i, folder, times)
    return {"stub : PLT of a library": guest["stub : PLT"],
            "stub : PLT of a program": program,
            "stub : PLT with endbr": ibt,
            "inline : direct": guest["inline : direct"],
            "equal : equal": guest["equal : equal"]}


ONCE = {"x86_64": x86_64_once, "i386": i386_once}


def bound_rows(machine):
    """Rows, and the ticks per cycle during the measurement."""
    samples = {}
    for count in 16, 1000:
        folder = BENCH / machine / f"16-{count}"
        processes = [ONCE[machine](i, folder, CALLS // count) for i in range(PROCESSES)]
        samples[count] = {what: [process[what] for process in processes]
                          for what in processes[0]}
    equal = samples[16].pop("equal : equal") + samples[1000].pop("equal : equal")
    cycle = median(addition_ticks(equal))
    rows = [ratio_row(machine, "equal : equal (noise)", "ticks", equal, 1)]
    rows += [ratio_row(machine, f"{what}, {count} functions", "cycles per call",
                       processes, CALLS // count * count * cycle,
                       None if "endbr" in what else GOAL)
             for count in samples for what, processes in samples[count].items()]
    return rows, cycle
