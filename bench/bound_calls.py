"""Bound calls: stubs beside the PLT, -fno-plt and pointers; inline calls beside direct
ones."""

from statistics import median

import many_calls
from instructions import parts, side_by_side
from rows import addition_ticks, ratio_row
from runs import BENCH, CALLS, PROCESSES, QUICK, REPETITIONS, guest_command, in_turn, \
    read_pairs, run, run_guest

GOAL = 1.05
COUNTED = 10000  # calls, some
COUNTS = 1, 16, 128, 1000
WITHOUT_GOAL = "endbr", "-fno-plt", "pointer", "linked"


def beside_peers(host, folder, guest, times):
    """{what: pairs}, all in one process."""
    options = f"{REPETITIONS},{times},{folder}"
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


# {a part of a row's name: the pair, or the program, that its peer's count is from}
PEERS = {"endbr": "bound-ibt-program", "linked": "bound-linked", "-fno-plt":
         "stub : -fno-plt|peer", "pointer": "stub : pointer|peer", "PLT, near":
         "stub : PLT|peer", "PLT of a library": "stub : PLT|peer", "PLT": "bound-program"}


def counts_of(machine, host, count):
    """{pair or program: instructions per call}"""
    folder, times = BENCH / machine / f"16-{count}", max(10, COUNTED // count)
    programs = "bound-program", "bound-ibt-program", "bound-linked"
    found, *others = side_by_side(parts, [
        guest_command(host, folder, "bound-fixed.elf", "bound-provider.so",
                      f"1,{times},{folder}", ("--in-place",)),
        *([folder / program, 1, times] for program in programs)])
    found |= {name: other["program"] for name, other in zip(programs, others)}
    return {name: total / (times * count) for name, total in found.items()}


def set_counts(rows, counts):
    """Near and far are the same instructions."""
    for row in rows:
        if row.what.startswith("inline"):
            ours, peer = "inline : direct|ours", "inline : direct|peer"
        else:
            ours = "stub : PLT|ours"
            peer = next(name for part, name in PEERS.items() if part in row.what)
        row.instructions = [counts[ours], counts[peer]]


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
    result = [noise, *many_calls.bound_rows(machine, host)]
    for count, of_count in samples.items():
        rows_of_count = [
            ratio_row(machine, f"{what}, {count:,} function{'s' * (count > 1)}",
                      "cycles per call", processes, CALLS // count * count * cycle,
                      goal_of(what))
            for what, processes in of_count.items()]
        if not QUICK:
            set_counts(rows_of_count, counts_of(machine, host, count))
        result += rows_of_count
    return result
