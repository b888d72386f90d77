"""jumpslot@.service is a valid unit, confined, and starts what a NAME.conf names."""

import re
import shlex
import subprocess

import pytest
from conftest import BUILD, HANGS, ROOT

UNIT = ROOT / "packaging/systemd/jumpslot@.service.in"


def setting(name):
    """The last value of a setting, on one line."""
    text = UNIT.read_text().replace("\\\n", " ")
    return re.findall(rf"^{name}=(.*)$", text, re.M)[-1]


def analyze(*words):
    done = subprocess.run(["systemd-analyze", *map(str, words)], text=True,
                          capture_output=True, timeout=HANGS)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def unit(tmp_path):
    """An instance of the unit, with a program that is there."""
    path = tmp_path / "jumpslot@pump.service"
    path.write_text(UNIT.read_text().replace("@bindir@", str(BUILD / "bin")))
    return path


def test_the_unit_is_valid(unit):
    assert analyze("verify", "--man=no", unit) == (0, "")


def test_a_damaged_unit_is_found(unit):
    unit.write_text(unit.read_text().replace("Restart=", "Restrat="))
    assert "Unknown key 'Restrat' in section" in analyze("verify", "--man=no", unit)[1]


def test_the_unit_is_confined_as_far_as_a_guest_can_be(unit):
    status, shown = analyze("security", "--offline=true", "--no-pager", unit)
    exposure = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", shown)[1])
    assert status == 0 and exposure <= 1.3, shown


def start(tmp_path, configuration):
    """Runs the command of the unit as systemd does: $NAME becomes words, ${NAME} one."""
    (tmp_path / "pump.conf").write_text(configuration)
    values = dict(each.partition("=")[::2] for each in setting("Environment").split())
    for line in configuration.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            values[name] = value
    command = []
    for word in setting("ExecStart").replace("@bindir@", str(BUILD / "bin")).split():
        if word.startswith("${"):
            command.append(values[word[2:-1]])
        elif word.startswith("$"):
            command += shlex.split(values[word[1:]])
        else:
            command.append(word)
    return subprocess.run(command, text=True, capture_output=True, timeout=HANGS)


def test_the_command_runs_the_guest_of_the_configuration(tmp_path):
    done = start(tmp_path, f"""\
# A comment
GUEST={BUILD}/guests/calculator-x86_64.elf
OPTIONS=--timeout 60 --provider {BUILD}/providers/calculator-x86_64.so
""")
    assert done.stdout.startswith("9000000000 + 1 = 9000000001\n")
    assert '"end": "exit"' in done.stderr and done.returncode == 0


def test_errors_of_the_configuration_are_not_tried_again(tmp_path):
    """Statuses 125 to 127; a guest that a signal stopped starts again."""
    prevented = setting("RestartPreventExitStatus").split()
    for configuration, status in [
            ("GUEST=/nonexistent.elf\n", 126),
            (f"GUEST={BUILD}/guests/calculator-x86_64.elf\n", 127),
            (f"GUEST={BUILD}/guests/hello-x86_64.elf\nOPTIONS=--nonsense\n", 125)]:
        assert start(tmp_path, configuration).returncode == status
        assert str(status) in prevented
    assert setting("Restart") == "on-failure"
    assert setting("SuccessExitStatus") == "143"
