"""Every report in JSON is valid by docs/report.schema.json, which the pages refer to."""

import json
import re

import pytest
from conftest import ROOT, each_arch as arch, run  # noqa: F401
from jsonschema import Draft202012Validator
from report_schema import SCHEMA, validate
from time_limits import end_in_time

GUEST = """
    #include <jumpslot/arguments.h>
    #include <jumpslot/entry.h>
    EXTERNAL_FUNC(int, answer, int, int, int, int, int, int, int, int)
    EXTERNAL_FUNC(int, direct, double)
    EXTERNAL_FUNC(int, waits, int)
    EXTERNAL_FUNC(untyped)
    EXTERNAL_FUNC_VARIADIC(int, logs, const char *)
    EXTERNAL_FUNC_OPTIONAL(void, extra, int)
    EXTERNAL_FUNC_OPTIONAL(void, none, int)
    int untyped(int);
    static const int *volatile nowhere = (const int *)16;
    JUMPSLOT_ENTRY(info)
    {
            char what[8] = "";
            (void)info;
            jumpslot_argument(1, what, sizeof(what));
            if (what[0] == 'h')
                    return waits(9);
            if (what[0] == 's')
                    return *nowhere;
            if (what[0] == 'l')
                    for (;;)
                            ;
            if (what[0] == 'x')
                    __asm__ volatile("int $0x80" : : "a"(20));
            if (external_available(extra))
                    extra(1);
            if (external_available(none))
                    none(1);
            return answer(1, 2, 3, 4, 5, 6, 7, 8) + direct(1) + untyped(1) + logs("") +
                    waits(0);
    }
    """
PROVIDER = """
    #include <jumpslot/provider.h>
    #include <stdlib.h>
    #include <string.h>
    #ifdef RIGHT
    EXTERNAL_FUNC(int, answer, int, int, int, int, int, int, int, int)
    EF(answer)
    int answer(int a, int b, int c, int d, int e, int f, int g, int h)
    { return a + b + c + d + e + f + g + h; }
    #else
    EXTERNAL_FUNC(long, answers, int)
    EF(answers)
    long answers(int a) { return a; }
    #endif
    #ifdef RIGHT
    EXTERNAL_FUNC(int, direct, double)
    int direct(double a) { return (int)a; }
    #else
    EXTERNAL_FUNC(int, direct, float)
    int direct(float a) { return (int)a; }
    #endif
    JUMPSLOT_DIRECT(direct)
    EXTERNAL_FUNC(int, waits, int)
    JUMPSLOT_BLOCKING(waits)
    EXTERNAL_FUNC_VARIADIC(int, logs, const char *)
    EXTERNAL_FUNC(void, extra, int)
    int untyped(int);
    EF(direct) EF(waits) EF(untyped) EF(logs) EF(extra)
    int waits(int a) { if (a) exit(a); return a; }
    int untyped(int a) { return a; }
    int logs(const char *text, ...) { return *text; }
    void extra(int a) { (void)a; }
    int jumpslot_provider_init(const char *options, char *message, size_t size)
    {
            (void)message;
            (void)size;
            if (!strcmp(options, "exit"))
                    exit(3);
            return *options ? -22 : 0;
    }
    """


def unused_kinds(schema):
    """Names below $defs that nothing refers to."""
    text = json.dumps(schema)
    return [name for name in schema["$defs"] if f'"#/$defs/{name}"' not in text]


@pytest.fixture
def wrapper(tools):
    guest = tools.guest(GUEST)

    def wrapper(*options, right=True, argument="", provider="", guest=guest):
        library = tools.provider(PROVIDER, *(["-DRIGHT"] if right else []),
                                 name="right" if right else "wrong")
        return tools.wrapper("--provider", f"{library},{provider}", *options, guest,
                             argument)
    return wrapper


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)
    assert not unused_kinds(SCHEMA)


def test_the_link_report_is_valid_with_and_without_problems(wrapper, arch):
    report = validate(wrapper("--json").stdout, "link_report")
    carried = {each["name"]: each["carried"] for each in report["imports"]}
    assert carried == {"answer": "gated", "direct": "direct", "waits": "blocking",
                       "untyped": "gated", "logs": "gated", "extra": "gated",
                       "none": None, "jumpslot_argument": "direct"}
    report = validate(wrapper("--json", right=False).stdout, "link_report")
    status = {each["name"]: (each["status"], each["similar"])
              for each in report["imports"]}
    assert status["answer"] == ("missing", "answers")
    assert status["direct"][0] == "mismatch"


def test_the_link_report_of_a_stripped_guest_is_valid(wrapper, tools, arch):
    stripped = tools.directory / "stripped.elf"
    run("strip", "-o", stripped, tools.guest(GUEST))
    report = validate(wrapper("--json", guest=stripped).stdout, "link_report")
    assert {each["place"] for each in report["imports"]} == {None}


@pytest.mark.parametrize("end,kind,how", [
    ("exit", None, {}),
    ("signal", "signal", {"argument": "s"}),
    pytest.param("signal", "syscall", {"argument": "x"},
                 marks=pytest.mark.not_sanitized("they allow no filter")),
    ("signal", None, {"argument": "s", "options": ["--sandbox=off"]}),
    ("signal", "unprovided", {"right": False, "options": ["--allow-missing"]}),
    ("timeout", "signal", {"argument": "l"}),
    ("provider", None, {"provider": "exit"}),
    ("host_exit", "host_exit", {"argument": "h"}),
    ("refused", None, {"provider": "wrong"}),
    ("refused", None, {"right": False}),
])
def test_the_report_of_every_end_is_valid(wrapper, arch, end, kind, how):
    more = {name: value for name, value in how.items() if name != "options"}

    def run_for(seconds):
        return wrapper("--report=json", "--timeout", seconds, *how.get("options", []),
                       **more)

    def read(result):
        return validate(result.stderr.splitlines()[-1], "exit_report")
    if end == "timeout":
        result = end_in_time(run_for, lambda result: read(result)["runner_account"])
    else:
        result = run_for("60")
    report = read(result)
    assert (report["end"], report["status"]) == (end, result.returncode)
    if kind:
        assert report["runner_account"]["kind"] == kind


def test_the_report_of_a_file_that_is_no_guest_is_valid(tools):
    result = tools.wrapper("--report=json", tools.write("text", "not an ELF file"))
    report = validate(result.stderr, "exit_report")
    assert (report["machine"], report["end"]) == (None, "refused")


def test_the_page_names_every_member():
    page = (ROOT / "docs/host-wrapper.md").read_text()
    for schema in SCHEMA["$defs"].values():
        for name in schema.get("properties", {}):
            assert re.search(rf"[`.]{name}(\[\])?[`.]", page), name
