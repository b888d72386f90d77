"""monitor-model: refuses inconsistent models with file, line, values and the range."""

import os
import re
import struct
import subprocess
import sys

import pytest
from conftest import BUILD, ROOT, run

sys.path.insert(0, str(ROOT / "gen"))
from jumpslot_elf.problem import Problem  # noqa: E402
from jumpslot_model import compiled, model  # noqa: E402

TOOL = ROOT / "gen/monitor-model"
GOOD = """\
[module]
frame = "100 ms"
run = "2 s"

[[partition]]
name = "sensor"
guest = "sensor.elf"
arguments = ["fast", "a b"]
memory = "16M"
stack = "64K"
console = true
permissions = ["schedule"]

[[partition]]
name = "control"
guest = "control.elf"

[[schedule]]
name = "normal"
slots = [{ partition = "sensor", at = "0 ms", length = "20 ms" },
         { partition = "control", at = "50 ms", length = "20 ms" }]

[[channel]]
name = "temperature"
kind = "sampling"
size = 64
refresh = "200 ms"
from = { partition = "sensor", port = "out" }
to = [{ partition = "control", port = "in", vector = 5 }]

[[channel]]
name = "orders"
kind = "queuing"
size = 16
depth = 4
from = { partition = "control", port = "orders" }
to = [{ partition = "sensor", port = "orders" }]

[[health]]
partition = "control"
error = "fault"
action = "restart warm"
restarts = 3
"""
REFUSALS = [
    # (text, its replacement, line, message)
    ('frame = "100 ms"', 'frame = "1 us"', 2,
     'frame = "1 us": invalid value (expected "50 us" to "3600 s")'),
    ('frame = "100 ms"', "frame = 100", 2,
     'frame = 100: invalid value (expected "50 us" to "3600 s")'),
    ('frame = "100 ms"\n', "", 1, "module lacks the key frame"),
    ('run = "2 s"', 'runs = "2 s"', 3, "unknown key runs (expected frame, run)"),
    ("[module]\n", "[modul]\n", 1,
     "the model lacks the key module; similar: modul, in line 1"),
    ("[[health]]", "[[heath]]", 39,
     "unknown key heath (expected channel, health, module, partition, schedule)"),
    ('name = "control"\nguest', 'name = "sensor"\nguest', 15,
     'partition "sensor" is already there, in line 5 (expected another name)'),
    ('name = "control"\nguest', 'name = "con trol"\nguest', 15,
     "name = \"con trol\": invalid value (expected 1 to 31 letters, digits, '_', '-' or "
     "'.')"),
    ('memory = "16M"', 'memory = "1M"', 9,
     "stack 64K and work_area 1M are more than memory 1M (expected at most 1M in sum)"),
    ('memory = "16M"', 'memory = "16X"', 9,
     'memory = "16X": invalid value (expected "64K" to "4G")'),
    ('arguments = ["fast", "a b"]', "arguments = [1]", 8,
     "arguments = [1]: invalid value (expected a list of texts)"),
    ('guest = "control.elf"', 'guest = "control.elf"\nconsole = true', 17,
     'console: "control" and "sensor" both read the console\'s input (expected one '
     "partition)"),
    ('permissions = ["schedule"]', 'permissions = ["all"]', 12,
     "permissions = ['all']: invalid value (expected [\"schedule\"])"),
    ('at = "50 ms"', 'at = "10 ms"', 21,
     'slot of "control" at 10 ms overlaps the one of "sensor" in line 20, which ends at '
     "20 ms (expected a start from there on)"),
    ('at = "50 ms"', 'at = "90 ms"', 21,
     "slot ends at 110 ms, but the frame at 100 ms (expected a length of at most 10 ms)"),
    ('length = "20 ms" }]', 'length = "1 us" }]', 21,
     'length = "1 us": invalid value (expected "50 us" to "100 ms")'),
    ('{ partition = "control", at', '{ partition = "contol", at', 21,
     'partition = "contol": invalid value (expected a partition: sensor, control)'),
    ('"20 ms" },\n         { partition = "control", at = "50 ms", length = "20 ms" }]',
     '"20 ms" }]', 14,
     'partition "control" has no slot in any schedule (expected at least one)'),
    ('kind = "sampling"', 'kind = "pipe"', 25,
     'kind = "pipe": invalid value (expected sampling or queuing)'),
    ("size = 64", "size = 8193", 26, "size = 8193: invalid value (expected 1 to 8192)"),
    ('refresh = "200 ms"\n', "", 23, "channel lacks the key refresh"),
    ('refresh = "200 ms"\n', 'refersh = "200 ms"\n', 23,
     "channel lacks the key refresh; similar: refersh, in line 27"),
    ("depth = 4", "depth = 0", 35, "depth = 0: invalid value (expected 1 to 256)"),
    ("vector = 5", "vector = 1", 29, "vector = 1: invalid value (expected 2 to 15)"),
    ('to = [{ partition = "control", port = "in", vector = 5 }]', "to = []", 29,
     "to: 0 tables (expected 1 to 31)"),
    ('from = { partition = "control", port = "orders" }\n', "", 31,
     "channel lacks the key from"),
    ('to = [{ partition = "sensor", port = "orders" }]',
     'to = [{ partition = "sensor", port = "out" }]', 37,
     'port "out" of "sensor" already has channel "temperature", in line 28 (expected one '
     "channel)"),
    ('error = "fault"', 'error = "fire"', 41,
     'error = "fire": invalid value (expected fault, illegal, arithmetic, stack, '
     "missing, port or exit)"),
    ('action = "restart warm"', 'action = "halt"', 42,
     'action = "halt": invalid value (expected halt or reset at level module, and '
     "another action at level partition)"),
    ('action = "restart warm"', 'action = "log"', 42,
     'action = "log": invalid value (expected another action: after fault the guest '
     "cannot go on)"),
    ("restarts = 3", "restarts = 0", 43,
     "restarts = 0: invalid value (expected 1 to 1000000)"),
    ('restarts = 3\n', 'restarts = 3\n[[health]]\npartition = "control"\n'
     'error = "fault"\naction = "stop"\n', 44,
     'error "fault" already has a rule, in line 39 (expected one rule for each partition '
     "and error)"),
    ('restarts = 3\n', 'restarts = 3\nthen = "log"\n', 44,
     'then = "log": invalid value (expected stop, halt or reset)'),
]


def write(folder, text):
    path = folder / "model.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("old,new,line,message", REFUSALS,
                         ids=[f"{each[2]}-{each[1][:24]}" for each in REFUSALS])
def test_an_inconsistent_model_is_refused_with_its_line(tmp_path, old, new, line,
                                                       message):
    assert GOOD.count(old) == 1
    path = write(tmp_path, GOOD.replace(old, new))
    with pytest.raises(Problem) as refusal:
        model.read_model(str(path))
    assert str(refusal.value) == f"{path}:{line}: {message}"


def test_the_command_prints_one_line_and_so_does_host_wrapper(tmp_path):
    path = write(tmp_path, GOOD.replace('at = "50 ms"', 'at = "10 ms"'))
    expected = (f'{path}:21: slot of "control" at 10 ms overlaps the one of "sensor" in '
                "line 20, which ends at 20 ms (expected a start from there on)\n")
    result = run(TOOL, path, check=False)
    assert (result.stderr, result.returncode) == (f"monitor-model: {expected}", 1)
    result = run(BUILD / "bin/host-wrapper", "--host", "monitor", "--model", path,
                 check=False)
    assert (result.stdout, result.stderr) == ("", f"host-wrapper: {expected}")
    assert result.returncode == 125


def test_what_is_not_toml_is_refused(tmp_path):
    path = write(tmp_path, "[module\n")
    result = run(TOOL, path, check=False)
    assert result.stderr.startswith(f"monitor-model: {path}: not TOML: ")
    assert result.returncode == 1


@pytest.mark.parametrize("value", [
    "9" * 5000, f'"{"9" * 5000}"', "0x" + "f" * 5000, f'"{"9" * 5000} s"',
    "[" * 5000, '"' + "x" * (1 << 20) + '"'],
    ids=["digits", "text", "hexadecimal", "time", "depth", "size"])
@pytest.mark.parametrize("old", ['"100 ms"', '"16M"', '["fast", "a b"]'])
def test_a_hostile_model_gets_one_line(tmp_path, value, old):
    path = write(tmp_path, GOOD.replace(old, value, 1))
    result = run(TOOL, path, check=False)
    assert result.stderr.startswith(f"monitor-model: {path}:")
    assert (result.stderr.count("\n"), result.returncode) == (1, 1)


@pytest.mark.parametrize("name", ["model.toml", "model"])
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_model_that_is_not_a_regular_file_is_refused_at_once(tmp_path, name, kind):
    path = tmp_path / name
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    result = run(TOOL, path, check=False)
    assert (result.stderr, result.returncode) == (
        f"monitor-model: {path}: not a regular file\n", 1)
    result = run(BUILD / "bin/host-wrapper", "--model", path, check=False)
    assert (result.stderr, result.returncode) == (
        f"host-wrapper: {path}: not a regular file\n", 125)


def test_limits_and_numbers_are_those_of_the_launcher():
    header = (ROOT / "host-wrapper/common/model.h").read_text()
    values = {name: eval(value.rstrip("u").replace("(uint64_t)", ""))
              for name, value in re.findall(
                  r"^#define MODEL_(\w+)\s+(\S+(?: << \d+\))?)", header, re.M)
              if re.match(r"[\d(]", value)}
    names = [name for name in values if name not in ("MAGIC", "VERSION", "MAX_SIZE",
                                                     "MAX_NAME")
             and not re.search("CONSOLE|SCHEDULE$|OPTIONS|NO_RULE", name)]
    assert len(names) == 21
    assert {name: getattr(model, name) for name in names} == \
        {name: values[name] for name in names}
    assert (compiled.MAGIC, compiled.VERSION) == (values["MAGIC"], values["VERSION"])

    actions = re.search(r"enum model_action \{(.*?)\}", header, re.S)[1]
    words = re.findall(r"^\s*MODEL_(\w+)", actions, re.M)
    assert [each.lower().replace("_", " ") for each in words[:-1]] == model.ACTIONS
    errors = re.search(r"enum model_error \{(.*?)\}", header, re.S)[1]
    assert [each.lower() for each in re.findall(r"MODEL_ERROR_(\w+)", errors)] == \
        model.ERRORS


def test_paths_of_guests_follow_the_compiled_file(tmp_path):
    (tmp_path / "out").mkdir()
    path = write(tmp_path, GOOD.replace("console = true", """console = true
libraries = ["calculator", "out/own.lib"]"""))
    (tmp_path / "link").mkdir()
    (tmp_path / "link/model.toml").symlink_to(path)
    run(TOOL, path, "-o", tmp_path / "out/flight.model")
    made = (tmp_path / "out/flight.model").read_bytes()
    assert b"\0../sensor.elf\0" in made and b"\0calculator\0./own.lib\0" in made
    # A link has the paths of its own folder, as the launcher takes them.
    run(TOOL, tmp_path / "link/model.toml", "-o", tmp_path / "out/flight.model")
    assert b"\0../link/sensor.elf\0" in (tmp_path / "out/flight.model").read_bytes()
    plain = subprocess.run([TOOL, path], capture_output=True, check=True).stdout
    assert b"\0sensor.elf\0" in plain
    assert struct.unpack_from("<IIQ", plain) == (compiled.MAGIC, compiled.VERSION,
                                                 len(plain))


def test_lines_are_found_in_every_form_of_toml():
    text = "\n".join([
        "a = '''", "[no]", "'''  # a comment with [brackets]", "[t.u]", 'k.l = "x#y"',
        "[[s]]", "v = [ # {", "  { a = 1 },", "  { a = 2 } ]", "[[s]]", '"w" = {b = 1}'])
    from jumpslot_model.source_lines import SourceLines
    lines = SourceLines(text)
    places = {("a",): 1, ("t", "u"): 4, ("t", "u", "k", "l"): 5, ("s", 0): 6,
              ("s", 0, "v"): 7, ("s", 0, "v", 0): 8, ("s", 0, "v", 1, "a"): 9,
              ("s", 1): 10, ("s", 1, "w"): 11}
    assert {place: lines.of(place) for place in places} == places
