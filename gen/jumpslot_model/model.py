"""From the tables of a TOML file to a model without contradictions.

Each record keeps its line in the file. Limits and numbers are those of common/model.h,
which tests/gen compares. Depends on table and source_lines.
"""

import tomllib
from dataclasses import dataclass, field

from jumpslot_elf.input import read_file
from jumpslot_elf.problem import Problem

from .source_lines import SourceLines
from .table import Table, size_text, time_text

MAX_PARTITIONS, MAX_SCHEDULES, MAX_SLOTS = 8, 8, 256
MAX_CHANNELS, MAX_ENDS, MAX_HEALTH, MAX_WORDS = 64, 256, 64, 1024
CHANNEL_ENDS, MAX_MESSAGE, MAX_DEPTH = 32, 8192, 256
MAX_TIME_NS, MIN_SLOT_NS, MAX_RUN_NS = 3600 * 10**9, 50000, 86400 * 10**9
MAX_RESTARTS = 1000000
FIRST_VECTOR, LAST_VECTOR = 2, 15
PAGE, MAX_MEMORY, MAX_STACK = 4096, 1 << 32, 1 << 30
DEFAULT_STACK, DEFAULT_WORK, DEFAULT_MEMORY = 1 << 20, 1 << 20, 64 << 20
ALL_PARTITIONS = 0xffffffff

KINDS = ["sampling", "queuing"]
ERRORS = ["fault", "illegal", "arithmetic", "stack", "missing", "port", "exit"]
LEVELS = ["partition", "module"]
ACTIONS = ["log", "guest", "stop", "restart cold", "restart warm", "halt", "reset"]
SAMPLING, QUEUING = 0, 1
LOG, GUEST, STOP, COLD, WARM, HALT, RESET = range(7)
RESTARTS = (COLD, WARM)
MODULE = (HALT, RESET)
# After these the guest can go on.
CONTINUES = ["port"]


@dataclass
class Partition:
    name: str
    guest: str
    arguments: list
    libraries: list
    memory: int
    stack: int
    work_area: int
    console: bool
    may_schedule: bool
    line: int
    guest_line: int
    memory_line: int


@dataclass
class Slot:
    partition: int
    start: int
    length: int
    line: int


@dataclass
class Schedule:
    name: str
    slots: list
    line: int


@dataclass
class End:
    partition: int
    port: str
    vector: int
    line: int


@dataclass
class Channel:
    name: str
    kind: int
    size: int
    refresh: int
    depth: int
    ends: list
    line: int


@dataclass
class Health:
    partition: int
    error: int
    level: int
    action: int
    then: int
    restarts: int
    line: int


@dataclass
class Model:
    path: str
    frame: int = 0
    run: int = 0
    partitions: list = field(default_factory=list)
    schedules: list = field(default_factory=list)
    channels: list = field(default_factory=list)
    health: list = field(default_factory=list)

    def number_of(self, table, key="partition"):
        """The partition that a key names."""
        name = table.take(key)
        for number, partition in enumerate(self.partitions):
            if partition.name == name:
                return number
        raise table.refuse(key, "a partition: "
                           + ", ".join(each.name for each in self.partitions))


def check_new(table, key, name, others, what):
    for other in others:
        if other[0] == name:
            raise table.problem(key, f'{what} "{name}" is already there, in line '
                                     f"{other[1]} (expected another name)")


def read_partition(model, table):
    name = table.name("name")
    check_new(table, "name", name, [(each.name, each.line) for each in model.partitions],
              "partition")
    memory = table.size("memory", 16 * PAGE, MAX_MEMORY, DEFAULT_MEMORY)
    stack = table.size("stack", PAGE, MAX_STACK, DEFAULT_STACK)
    work = table.size("work_area", PAGE, MAX_MEMORY, DEFAULT_WORK)
    if stack + work > memory:
        key = next((key for key in ("memory", "work_area", "stack") if table.has(key)),
                   None)
        raise table.problem(key, f"stack {size_text(stack)} and work_area "
                                 f"{size_text(work)} are more than memory "
                                 f"{size_text(memory)} (expected at most "
                                 f"{size_text(memory)} in sum)")
    permissions = table.texts("permissions")
    if set(permissions) - {"schedule"}:
        raise table.refuse("permissions", '["schedule"]')
    partition = Partition(
        name=name, guest=table.text("guest"), arguments=table.texts("arguments"),
        libraries=table.texts("libraries"), memory=memory, stack=stack, work_area=work,
        console=table.flag("console"), may_schedule="schedule" in permissions,
        line=table.line(), guest_line=table.line("guest"),
        memory_line=table.line("memory"))
    owner = next((each for each in model.partitions if each.console), None)
    if partition.console and owner:
        raise table.problem("console", f'console: "{name}" and "{owner.name}" both read '
                                       "the console's input (expected one partition)")
    table.end()
    model.partitions.append(partition)


def read_slot(model, table):
    slot = Slot(partition=model.number_of(table),
                start=table.time("at", 0, model.frame),
                length=table.time("length", MIN_SLOT_NS, model.frame),
                line=table.line())
    if slot.start + slot.length > model.frame:
        raise table.problem(None, f"slot ends at {time_text(slot.start + slot.length)}, "
                                  f"but the frame at {time_text(model.frame)} (expected "
                                  f"a length of at most "
                                  f"{time_text(model.frame - slot.start)})")
    table.end()
    return slot


def check_overlaps(model, schedule, table):
    for a, b in zip(schedule.slots, schedule.slots[1:]):
        if a.start + a.length > b.start:
            names = [model.partitions[each.partition].name for each in (a, b)]
            raise Problem(f"{table.path}:{b.line}",
                          f'slot of "{names[1]}" at {time_text(b.start)} overlaps the '
                          f'one of "{names[0]}" in line {a.line}, which ends at '
                          f"{time_text(a.start + a.length)} (expected a start from there "
                          "on)")


def read_schedule(model, table):
    name = table.name("name")
    check_new(table, "name", name, [(each.name, each.line) for each in model.schedules],
              "schedule")
    slots = [read_slot(model, each) for each in table.tables("slots", MAX_SLOTS, 1)]
    schedule = Schedule(name, sorted(slots, key=lambda slot: slot.start), table.line())
    check_overlaps(model, schedule, table)
    table.end()
    model.schedules.append(schedule)


def read_end(model, table, has_vector):
    end = End(partition=model.number_of(table), port=table.name("port"),
              vector=table.number("vector", FIRST_VECTOR, LAST_VECTOR, 0)
              if has_vector else 0,
              line=table.line())
    table.end()
    for channel in model.channels:
        for other in channel.ends:
            if (other.partition, other.port) == (end.partition, end.port):
                name = model.partitions[end.partition].name
                raise table.problem(None, f'port "{end.port}" of "{name}" already has '
                                          f'channel "{channel.name}", in line '
                                          f"{other.line} (expected one channel)")
    return end


def check_ends(table, ends):
    seen = {}
    for end in ends:
        other = seen.setdefault((end.partition, end.port), end)
        if other is not end:
            raise Problem(f"{table.path}:{end.line}",
                          f'port "{end.port}" is two ends of one channel, the other in '
                          f"line {other.line} (expected different ports)")


def read_channel(model, table):
    name = table.name("name")
    check_new(table, "name", name, [(each.name, each.line) for each in model.channels],
              "channel")
    kind = table.choice("kind", KINDS)
    queuing = kind == QUEUING
    most = 1 if queuing else CHANNEL_ENDS - 1
    size = table.number("size", 1, MAX_MESSAGE)
    refresh = 0 if queuing else table.time("refresh", 1, MAX_TIME_NS)
    depth = table.number("depth", 1, MAX_DEPTH) if queuing else 1
    ends = [read_end(model, table.table("from"), queuing)]
    ends += [read_end(model, each, True) for each in table.tables("to", most, 1)]
    check_ends(table, ends)
    table.end()
    model.channels.append(Channel(name, kind, size, refresh, depth, ends,
                                  table.line()))


def check_action(table, error, level, action):
    if (action in MODULE) != (LEVELS[level] == "module"):
        raise table.refuse("action", "halt or reset at level module, and another action "
                                     "at level partition")
    if action == LOG and error not in CONTINUES:
        raise table.refuse("action", f"another action: after {error} the guest cannot go "
                                     "on")
    if action == GUEST and error in ("exit", "port", "missing"):
        raise table.refuse("action", f"another action: {error} has no handler in the "
                                     "guest")


def read_health(model, table):
    partition = model.number_of(table) if table.has("partition") else ALL_PARTITIONS
    error = table.choice("error", ERRORS)
    level = table.choice("level", LEVELS, "partition")
    action = table.choice("action", ACTIONS)
    check_action(table, ERRORS[error], level, action)
    then = STOP
    if action in (*RESTARTS, GUEST):
        then = table.choice("then", ACTIONS, "stop")
    restarts = 0
    if {action, then} & {*RESTARTS, RESET}:
        restarts = table.number("restarts", 1, MAX_RESTARTS, 0)
    if then in (LOG, GUEST) or (action != GUEST and then in RESTARTS):
        raise table.refuse("then", "stop, halt or reset" if action != GUEST else
                           "stop, restart cold, restart warm, halt or reset")
    table.end()
    for other in model.health:
        if (other.partition, other.error) == (partition, error):
            raise table.problem(None, f'error "{ERRORS[error]}" already has a rule, in '
                                      f"line {other.line} (expected one rule for each "
                                      "partition and error)")
    model.health.append(Health(partition, error, level, action, then, restarts,
                               table.line()))


def check_all_run(model, table):
    running = {slot.partition for schedule in model.schedules for slot in schedule.slots}
    for number, partition in enumerate(model.partitions):
        if number not in running:
            raise Problem(f"{table.path}:{partition.line}",
                          f'partition "{partition.name}" has no slot in any schedule '
                          "(expected at least one)")


def check_totals(model, table):
    totals = [
        ("slots", sum(len(each.slots) for each in model.schedules), MAX_SLOTS),
        ("ends of channels", sum(len(each.ends) for each in model.channels), MAX_ENDS),
        ("arguments and libraries", sum(len(each.arguments) + len(each.libraries)
                                        for each in model.partitions), MAX_WORDS)]
    for what, count, most in totals:
        if count > most:
            raise table.problem(None, f"{count} {what} (expected at most {most})")


MAX_TEXT = 1 << 20


def read_text(path):
    try:
        return read_file(path, MAX_TEXT).decode()
    except UnicodeDecodeError as error:
        raise Problem(path, "not UTF-8") from error


def parse(path, text):
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise Problem(path, f"not TOML: {error}") from error


def read_model(path):
    text = read_text(path)
    top = Table(path, SourceLines(text), (), parse(path, text))
    module = top.table("module")
    model = Model(path, frame=module.time("frame", MIN_SLOT_NS, MAX_TIME_NS),
                  run=module.time("run", 1, MAX_RUN_NS, 0))
    module.end()
    for table in top.tables("partition", MAX_PARTITIONS, 1):
        read_partition(model, table)
    for table in top.tables("schedule", MAX_SCHEDULES, 1):
        read_schedule(model, table)
    for table in top.tables("channel", MAX_CHANNELS):
        read_channel(model, table)
    for table in top.tables("health", MAX_HEALTH):
        read_health(model, table)
    top.end()
    check_all_run(model, top)
    check_totals(model, top)
    return model
