"""--report=json prints one object for every end, also if the guest does not start."""

import json
import shutil

import pytest
from conftest import BUILD, each_arch as arch, only_x86_64, run

GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC(int, answer, int)
    EXTERNAL_FUNC(int, question, double)
    JUMPSLOT_ENTRY(info) { (void)info; return answer(1) + question(2.0); }
    """
PROVIDER = """
    #include <jumpslot/provider.h>
    #include <errno.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    EXTERNAL_FUNC(int, answer, int)
    EXTERNAL_FUNC(int, question, double)
    EF(answer) EF(question)
    int answer(int a) { return a; }
    int question(double a) { return (int)a; }
    int jumpslot_provider_init(const char *options, char *message, size_t size)
    {
            if (!strcmp(options, "exit")) exit(3);
            snprintf(message, size, "no %s\\n\\033[2J", options);
            return *options ? -EINVAL : 0;
    }
    """


def report_of(result):
    """The object; standard error has nothing else."""
    assert result.stdout == "" and result.stderr.count("\n") == 1, result.stderr
    report = json.loads(result.stderr)
    assert report["status"] == result.returncode
    return report


def refusal_of(result, status, by, reason):
    report = report_of(result)
    assert (report["end"], report["status"]) == ("refused", status)
    assert (report["signal"], report["runner_account"]) == (None, None)
    assert report["refusal"]["by"] == by
    assert reason in report["refusal"]["reason"]
    return report


@pytest.fixture
def start(tools):
    """Runs the guest with the provider, or without, and `--report=json`."""
    def start(*options, provider=None, guest=None, wrapper=BUILD / "bin/host-wrapper"):
        with_provider = []
        if provider is not None:
            with_provider = ["--provider", f"{tools.provider(PROVIDER)},{provider}"]
        return run(wrapper, "--report=json", *options, *with_provider,
                   guest or tools.guest(GUEST), check=False)
    return start


def test_every_end_has_the_same_members(start, arch):
    ends = {"exit": start(provider=""), "refused": start(), "provider":
            start(provider="exit"), "timeout": start("--timeout", "0.0000001",
                                                     provider="")}
    reports = {end: report_of(result) for end, result in ends.items()}
    assert {end: report["end"] for end, report in reports.items()} == {
        end: end for end in ends}
    assert len({tuple(report) for report in reports.values()}) == 1
    assert reports["exit"]["status"] == 3 and reports["exit"]["refusal"] is None


def test_missing_imports_are_listed(start, arch):
    report = refusal_of(start(), 127, "host-wrapper",
                        "of 2 imports, 2 missing and 0 mistyped")
    assert [(each["name"], each["type"], each["status"])
            for each in report["unresolved"]] == [
        ("answer", "ii", "missing"), ("question", "id", "missing")]
    assert report["machine"] == arch


def test_imports_that_are_missing_by_permission_are_listed_at_the_end(tools, arch):
    guest = tools.guest(GUEST.replace("answer(1) +", "info->version ? 4 : answer(1) +"))
    report = report_of(tools.wrapper("--report=json", "--allow-missing", guest))
    assert (report["end"], report["status"]) == ("exit", 4)
    assert [each["name"] for each in report["unresolved"]] == ["answer", "question"]


def test_an_image_that_is_refused_is_the_object(start, tools, arch):
    bad = tools.write("bad\n.elf", "no image")
    report = refusal_of(start(guest=bad), 126, "host-wrapper", "not an ELF file")
    assert (report["guest"], report["refusal"]["object"]) == (str(bad), str(bad))
    assert report["machine"] is None


@only_x86_64
def test_a_provider_that_is_refused_is_the_object(start, tools):
    guest = tools.guest(GUEST)
    result = start("--provider", guest, guest=guest)
    report = refusal_of(result, 125, "host-wrapper", "")
    assert report["refusal"]["object"] == str(guest)


def test_a_provider_that_refuses_to_start_gives_its_reason(start, arch):
    refusal_of(start(provider="tea"), 125, "runner", "no tea\n\x1b[2J")


@pytest.mark.parametrize("arch", ["i386"])
def test_memory_that_the_runner_does_not_get_is_a_reason(start):
    refusal_of(start("--stack", "8G", provider=""), 125, "runner", "for a stack")


@only_x86_64
def test_a_runner_that_cannot_be_executed_is_a_reason(start, tools):
    folder = tools.directory / "bin"
    folder.mkdir()
    for name in "host-wrapper", "jumpslot-runner-x86_64", "jumpslot-backtrace":
        shutil.copy(BUILD / "bin" / name, folder)
    runner = folder / "jumpslot-runner-x86_64"
    runner.write_bytes(runner.read_bytes().replace(
        b"/lib64/ld-linux-x86-64", b"/lib64/no-linux-x86-64", 1))
    result = start(provider="", wrapper=folder / "host-wrapper")
    refusal_of(result, 125, "host-wrapper",
               f"the runner {runner} cannot be started: No such file or directory")


@pytest.mark.not_sanitized("they allow no filter")
@only_x86_64
def test_the_sandbox_is_described(start, tools):
    on = report_of(start(provider=""))["sandbox"]
    shown = tools.wrapper("--print-sandbox", "--provider",
                          tools.provider(PROVIDER), tools.guest(GUEST)).stdout
    assert on["mode"] == "on" and f" {on['rules']} rules; " in shown
    assert on["landlock"] is None or f"version {on['landlock']}: " in shown
    assert report_of(start("--sandbox=off", provider=""))["sandbox"] == {
        "mode": "off", "rules": None, "landlock": None}


@only_x86_64
def test_descriptors_that_have_run_out_are_a_reason(start, tools):
    """The first step that meets the limit says so."""
    guest = tools.guest(GUEST.replace("answer(1) + question(2.0)", "4"))
    reasons = set()
    for limit in range(4, 24):
        result = run("sh", "-c", f'ulimit -n {limit}; exec "$@"', "sh",
                     BUILD / "bin/host-wrapper", "--report=json", guest, check=False)
        if result.returncode == 4:
            break
        if "libelf" in result.stderr or "libc" in result.stderr:
            continue  # not even host-wrapper's libraries could be opened
        reasons.add(report_of(result)["refusal"]["reason"])
    assert result.returncode == 4, "a limit that is enough"
    assert len(reasons) > 2
    assert {reason.rpartition(": ")[2] for reason in reasons} == {"Too many open files"}
    assert any("jumpslot-runner-x86_64-static cannot be started: " in reason
               for reason in reasons)
