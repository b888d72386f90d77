"""docs/deploying.md: its files are valid, and it says which commands no test runs."""

import re
import subprocess

import doc_page
import pytest
import yaml
from conftest import BUILD, HANGS, ROOT

PAGE = (ROOT / "docs/deploying.md").read_text()
UNIT = ROOT / "packaging/systemd/jumpslot@.service.in"
# Programs that a test cannot run, or not as the page has them.
FOREIGN = re.compile(r"\b(kubectl|podman|docker|systemctl|journalctl|jq)\b")
NOT_RUN = {"deploying.md": [
    "systemctl enable --now jumpslot@pump",
    "journalctl -u jumpslot@pump -o cat",
    "systemctl edit jumpslot@NAME",
    "podman load -i calculator-x86_64.tar",
    "kubectl describe pod",
    "kubectl logs --previous POD",
    "journalctl -t jumpslot-pump -o cat -n 1",
]}
HEADING = "\n## Commands that no test runs\n"
# The fields of Kubernetes that the manifest may have: their names, and those within.
CONTAINER = {
    "name": str, "image": str, "terminationMessagePolicy": str,
    "resources": {"requests": {"cpu": str, "memory": str},
                  "limits": {"cpu": str, "memory": str}},
    "securityContext": {
        "runAsNonRoot": bool, "runAsUser": int, "readOnlyRootFilesystem": bool,
        "allowPrivilegeEscalation": bool, "capabilities": {"drop": [str]}},
    "volumeMounts": [{"name": str, "mountPath": str}]}
DEPLOYMENT = {
    "apiVersion": str, "kind": str, "metadata": {"name": str},
    "spec": {
        "replicas": int, "selector": {"matchLabels": {"app": str}},
        "template": {
            "metadata": {"labels": {"app": str}},
            "spec": {"containers": [CONTAINER],
                     "volumes": [{"name": str, "emptyDir": {"medium": str}}]}}}}


def commands_of(text):
    """Commands of such a program: those in code, and lines of blocks."""
    lines = [line.strip().lstrip("#$ ")
             for _, block in doc_page.BLOCK.findall(text) for line in block.splitlines()]
    spans = [" ".join(span.split())
             for span in re.findall(r"`([^`]+)`", doc_page.BLOCK.sub("", text))]
    return [each for each in lines + spans if FOREIGN.match(each)]


def test_the_pages_have_no_other_command_that_is_not_run():
    for path in sorted((ROOT / "docs").rglob("*.md")) + [ROOT / "README.md"]:
        text = path.read_text().partition(HEADING)[0]
        assert sorted(commands_of(text)) == sorted(NOT_RUN.get(path.name, [])), path


def test_the_page_says_of_each_that_it_is_not_run():
    rows = re.findall(r"^\| `([^`]+)` \| .+ \|$", PAGE.partition(HEADING)[2], re.M)
    assert rows == NOT_RUN["deploying.md"]


def check_fields(value, fields, place="manifest"):
    """Raise unless all fields are known and have values of their kind."""
    if isinstance(fields, dict):
        assert isinstance(value, dict) and set(value) <= set(fields), place
        for name, inner in value.items():
            check_fields(inner, fields[name], f"{place}.{name}")
    elif isinstance(fields, list):
        assert isinstance(value, list) and value, place
        for inner in value:
            check_fields(inner, fields[0], f"{place}[]")
    else:
        assert isinstance(value, fields), place


def test_the_manifest_has_fields_of_kubernetes_alone_and_they_agree():
    manifest = yaml.safe_load(re.search(r"```yaml\n(.*?)```", PAGE, re.S)[1])
    check_fields(manifest, DEPLOYMENT)
    assert (manifest["apiVersion"], manifest["kind"]) == ("apps/v1", "Deployment")
    template = manifest["spec"]["template"]
    assert manifest["spec"]["selector"]["matchLabels"] == template["metadata"]["labels"]
    container, = template["spec"]["containers"]
    assert [each["name"] for each in container["volumeMounts"]] == \
        [each["name"] for each in template["spec"]["volumes"]]
    for amounts in container["resources"].values():
        assert re.fullmatch(r"\d+m?", amounts["cpu"])
        assert re.fullmatch(r"\d+(Ki|Mi|Gi)", amounts["memory"])


@pytest.fixture
def units(tmp_path):
    """A folder of units, with an instance whose program is there."""
    units = tmp_path / "root/usr/lib/systemd/system"
    units.mkdir(parents=True)
    text = UNIT.read_text().replace("@bindir@", str(BUILD / "bin"))
    (units / "jumpslot@.service").write_text(text)
    (units / "jumpslot@pump.service").write_text(text)
    return units


def test_the_override_of_the_page_is_valid(units):
    override = next(block for _, block in doc_page.BLOCK.findall(PAGE)
                    if block.startswith("[Service]"))
    drops = units / "jumpslot@pump.service.d"
    drops.mkdir()

    def verify(text):
        (drops / "override.conf").write_text(text)
        done = subprocess.run(["systemd-analyze", "verify", "--man=no",
                               units / "jumpslot@pump.service"], text=True,
                              capture_output=True, timeout=HANGS)
        return done.stdout + done.stderr
    assert verify(override) == ""
    assert "Unknown key 'PrivateNetwrok'" in verify(
        override.replace("PrivateNetwork", "PrivateNetwrok"))


def test_systemctl_enables_the_unit_in_a_folder(units, tmp_path):
    (units / "jumpslot@pump.service").unlink()
    subprocess.run(["systemctl", f"--root={tmp_path}/root", "enable", "jumpslot@pump"],
                   check=True, capture_output=True, timeout=HANGS)
    link = tmp_path / ("root/etc/systemd/system/multi-user.target.wants/"
                       "jumpslot@pump.service")
    assert link.is_symlink() and link.readlink().name == "jumpslot@.service"


def test_the_rating_of_the_page_is_what_systemd_gives(units):
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager",
                           units / "jumpslot@pump.service"], text=True,
                          capture_output=True, timeout=HANGS)
    rating = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)[1]
    assert f"rates it {rating} of 10" in " ".join(PAGE.split())


def test_the_identifier_in_the_journal_is_the_units():
    """`journalctl -u` would also find the messages of systemd about the unit."""
    setting = re.search(r"^SyslogIdentifier=(.*)$", UNIT.read_text(), re.M)[1]
    shown = re.findall(r"journalctl -t (\S+)", PAGE)
    assert shown and set(shown) == {setting.replace("%i", "pump")}
    assert f"the identifier `{setting.replace('%i', 'NAME')}`" in PAGE


def test_the_page_names_each_variable_of_the_unit():
    for name in "GUEST", "OPTIONS", "ARGUMENTS":
        assert f"| `{name}` |" in PAGE
    assert "LD_" not in PAGE
