"""The bytes of a compiled model, as common/model.h defines them. Depends on nothing."""

import struct

MAGIC, VERSION = 0x6c646f6d, 1
CONSOLE, MAY_SCHEDULE = 1, 2
HEADER = "<IIQQQII16I"
RECORDS = {"partitions": "<IIIIIIIIQQQII", "schedules": "<IIII", "slots": "<IIQQ",
           "channels": "<IIIIIIQII", "ends": "<IIIIII", "health": "<IIIIIIII",
           "words": "<I", "strings": "<s"}


class Strings:
    def __init__(self):
        self.bytes, self._known = bytearray(), {}

    def add(self, text):
        if text not in self._known:
            self._known[text] = len(self.bytes)
            self.bytes += text.encode() + b"\0"
        return self._known[text]


class Tables:
    def __init__(self):
        self.rows = {name: [] for name in RECORDS if name != "strings"}
        self.strings = Strings()

    def add(self, name, *values):
        self.rows[name].append(values)

    def count(self, name):
        return len(self.rows[name])

    def add_words(self, words):
        first = self.count("words")
        for word in words:
            self.add("words", self.strings.add(word))
        return first, len(words)

    def packed(self):
        """(name, count, bytes) of each table, in the order of the header."""
        for name, form in RECORDS.items():
            if name == "strings":
                yield name, len(self.strings.bytes), bytes(self.strings.bytes)
            else:
                rows = self.rows[name]
                yield name, len(rows), b"".join(struct.pack(form, *row) for row in rows)


def add_partition(tables, partition, moved):
    """Libraries without a slash are names, and not paths."""
    libraries = [moved(each) if "/" in each else each for each in partition.libraries]
    text = tables.strings.add
    tables.add("partitions", text(partition.name), text(moved(partition.guest)),
               *tables.add_words(partition.arguments),
               *tables.add_words(libraries),
               CONSOLE * partition.console + MAY_SCHEDULE * partition.may_schedule,
               partition.line, partition.memory, partition.stack, partition.work_area,
               partition.guest_line, partition.memory_line)


def add_schedule(tables, schedule):
    tables.add("schedules", tables.strings.add(schedule.name), schedule.line,
               tables.count("slots"), len(schedule.slots))
    for slot in schedule.slots:
        tables.add("slots", slot.partition, slot.line, slot.start, slot.length)


def add_channel(tables, channel):
    number = tables.count("channels")
    tables.add("channels", tables.strings.add(channel.name), channel.line, channel.kind,
               channel.size, channel.depth, 0, channel.refresh,
               tables.count("ends"), len(channel.ends))
    for i, end in enumerate(channel.ends):
        tables.add("ends", number, end.partition, tables.strings.add(end.port), i > 0,
                   end.vector, end.line)


def padded(data):
    return data + bytes(-len(data) % 8)


def compile_model(model, moved):
    """`moved`: makes a path of the model one of the compiled file, with a slash."""
    tables = Tables()
    source = tables.strings.add(model.path)
    for partition in model.partitions:
        add_partition(tables, partition, moved)
    for schedule in model.schedules:
        add_schedule(tables, schedule)
    for channel in model.channels:
        add_channel(tables, channel)
    for rule in model.health:
        tables.add("health", rule.partition, rule.error, rule.level, rule.action,
                   rule.then, rule.restarts, rule.line, 0)
    body, places, offset = b"", [], struct.calcsize(HEADER)
    for _, count, data in tables.packed():
        places += [offset + len(body), count]
        body += padded(data)
    return struct.pack(HEADER, MAGIC, VERSION, offset + len(body), model.frame, model.run,
                       source, 0, *places) + body
