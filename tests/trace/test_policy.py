"""A policy changes calls as its rules say. Rules that cannot be followed are refused."""

import os
import re
import time

import pytest
from conftest import each_arch as arch, only_x86_64
from trace_guest import GUESTS

# Prints each result of two calls; `function` is called with `arguments`.
CALLER = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include "trace.h"
    static void print(long long number)
    {{
            char text[24], *at = text + sizeof(text);
            unsigned rest = (unsigned)(number < 0 ? -number : number);
            *--at = '\\n';
            do {{
                    *--at = (char)('0' + rest % 10);
                    rest /= 10;
            }} while (rest);
            if (number < 0)
                    *--at = '-';
            _BSP_Virtual_Console_write(at, (size_t)(text + sizeof(text) - at));
    }}
    JUMPSLOT_ENTRY(info)
    {{
            (void)info;
            if (!info)
                    print(0);
            for (int i = 0; i < {count}; i++)
                    {call};
            return 0;
    }}
    """


@pytest.fixture
def run_calls(tools):
    """Runs a guest that makes a call, and returns host-wrapper's result."""
    provider = tools.provider(GUESTS / "trace_provider.c", "-I", GUESTS)

    def run_it(call, *options, count=3, **keys):
        guest = tools.guest(CALLER.format(call=call, count=count), "-I", GUESTS)
        return tools.wrapper(*options, "--provider", provider, guest, **keys)
    return run_it


@pytest.mark.parametrize("call,rule,result", [
    ("print(trace_gated(1, \"a\"))", "trace_gated=fail:-5", -5),
    ("print(trace_gated(1, \"a\"))", "trace_*=fail:0x10", 16),
    ("print(trace_direct(1, 2))", "trace_direct=fail:-1000000000", -1000000000),
    ("print((long long)(trace_float(1, 2, 3) * 4))", "trace_float=fail:2.5", 10),
    ("print((long long)(trace_wide(1) * 4))", "trace_wide=fail:-7.25", -29),
    ("print(trace_bool(0))", "trace_bool=fail:1", 1),
    ("print(trace_many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10))", "trace_many=fail:3", 3),
    ("print(trace_variadic(\"i\", 3))", "trace_variadic=fail:8", 8),
    ("print(trace_variadic_direct(\"i\", 3))", "trace_variadic_direct=fail:9", 9),
])
def test_fail_returns_its_value_in_the_functions_place(run_calls, call, rule, result):
    ended = run_calls(call, "--on", rule)
    assert (ended.stdout, ended.stderr, ended.returncode) == \
        (f"{result}\n" * 3, "", 0)


def test_a_function_without_a_result_is_skipped(run_calls):
    ended = run_calls("trace_nothing()", "--on", "trace_nothing=fail",
                      "--trace=trace_nothing")
    assert ended.stderr.count("trace_nothing() (by the policy) <") == 3


def test_fail_at_a_call_fails_that_call_alone(run_calls):
    ended = run_calls("print(trace_other(i))", "--on", "trace_other=fail:-1@3", count=5)
    assert ended.stdout.split() == ["0", "1", "-1", "3", "4"]


def test_a_chance_is_the_same_for_the_same_seed(run_calls):
    def failed(seed):
        return run_calls("print(trace_other(1))", "--on", "trace_other=fail:0%25",
                         "--seed", str(seed), count=400).stdout
    one, again, other = failed(1), failed(1), failed(2)
    assert one == again != other
    assert 60 < one.count("0") < 140


def test_a_seed_without_a_rule_that_uses_chance_is_refused(run_calls, tools):
    rules = tools.write("rules.policy", "trace_other=fail:0@2\n")
    for options, problem in (
            ([], "--seed needs --on or --policy, with a rule that has %P"),
            (["--on", "trace_other=fail:0", "--policy", rules],
             "--seed: no rule of --on or --policy has %P (expected one)")):
        ended = run_calls("print(trace_other(1))", "--seed", "0", *options)
        assert (ended.stdout, ended.stderr, ended.returncode) == \
            ("", f"host-wrapper: {problem}\n", 125)


def test_a_seed_may_come_with_a_chance_of_100_percent(run_calls, tools):
    rules = tools.write("rules.policy", "trace_other=fail:5%100\n")
    ended = run_calls("print(trace_other(1))", "--seed", "1", "--policy", rules)
    assert (ended.stdout, ended.stderr, ended.returncode) == ("5\n" * 3, "", 0)


def test_without_a_match_calls_go_on(run_calls):
    ended = run_calls("print(trace_other(7))", "--on", "trace_o*=fail:0@9")
    assert ended.stdout == "7\n" * 3


def test_deny_ends_the_guest_and_names_function_rule_and_place(run_calls, tools):
    policy = tools.write("rules.policy", """\
        # The sensor must not be touched.

        trace_gated = log
        """)
    policy.write_text(policy.read_text() + "trace_o*=deny@2 # the second call\n")
    ended = run_calls("print(trace_other(7) + trace_gated(0, \"\"))", "--policy", policy)
    assert ended.stdout == "7\n"
    assert re.search(
        r": stopped by signal 11 \(Segmentation fault\): called trace_other, which the "
        rf"policy denies \({re.escape(str(policy))}:4: trace_o\*=deny@2\), from "
        r"0x[0-9a-f]+ <_start\+0x[0-9a-f]+>\n", ended.stderr), ended.stderr
    assert ended.returncode == 139
    assert ended.stderr.count("trace_gated(") == 1


@only_x86_64
def test_a_call_that_is_denied_is_in_the_json_report(run_calls):
    ended = run_calls("trace_other(7)", "--on", "trace_other=deny", "--report=json")
    assert '"kind": "denied"' in ended.stderr


def test_delay_waits_before_the_call(run_calls):
    started = time.monotonic()
    ended = run_calls("print(trace_other(7))", "--on", "trace_other=delay:100ms@2")
    assert (ended.stdout, ended.returncode) == ("7\n" * 3, 0)
    assert time.monotonic() - started > 0.1


def test_log_prints_the_calls(run_calls):
    ended = run_calls("trace_other(7)", "--on", "trace_other=log", count=1)
    assert re.fullmatch(r" *\d+\.\d{6} _start \(source\d+\.c:\d+\): trace_other\(7\) = 7 "
                        r"<\d+\.\d{9}>\n", ended.stderr), ended.stderr


def test_the_first_rule_that_matches_counts(run_calls):
    ended = run_calls("print(trace_other(7))", "--on", "trace_other=fail:1",
                      "--on", "*=fail:2", "--on", "_BSP*=delay:0ns")
    assert ended.stdout == ""  # the console's function fails as well
    ended = run_calls("print(trace_other(7))", "--on", "_BSP*=delay:0ns",
                      "--on", "trace_other=fail:1", "--on", "*=fail:2")
    assert ended.stdout == "1\n" * 3


WRONG = {
    "trace_other": "invalid rule; expected PATTERN=ACTION",
    "=deny": "invalid rule; expected PATTERN=ACTION",
    "trace_other=drop": "invalid action; expected deny, fail:VALUE, delay:TIME or log",
    "trace_other=fail:1@0": "invalid call number; expected @1..4294967295",
    "trace_other=fail:1%0":
        "invalid chance; expected % and a number above 0, up to 100",
    "trace_other=delay:5": "invalid time; expected a number and ns, us, ms or s",
    "trace_other=log@2": "log takes neither @N nor %P",
    "trace_othre=deny": "no import has such a name; similar: trace_other",
    "trace_other=fail": "trace_other: missing value; expected fail:VALUE",
    "trace_other=fail:3000000000":
        "trace_other: invalid value; expected a number within the result's type",
    "trace_bool=fail:2":
        "trace_bool: invalid value; expected a number from 0 within the result's type",
    "trace_nothing=fail:0":
        "trace_nothing: the function returns nothing; expected fail alone",
    "trace_struct=fail:0":
        "trace_struct: the function returns a structure or a vector; fail cannot make it",
    "trace_float=fail:x":
        "trace_float: invalid value; expected a floating-point number",
}


@only_x86_64
def test_a_rule_that_cannot_be_carried_out_is_refused_before_the_start(tools):
    guest = tools.guest(GUESTS / "trace_guest.c", "-I", GUESTS)
    provider = tools.provider(GUESTS / "trace_provider.c", "-I", GUESTS)
    for rule, problem in WRONG.items():
        policy = tools.write("wrong.policy", f"# first\n{rule}\n")
        for options, place in (["--on", rule], f"--on {rule}"), \
                (["--policy", policy], f"{policy}:2: {rule}"):
            result = tools.wrapper(*options, "--provider", provider, guest)
            assert (result.stderr, result.returncode) == \
                (f"host-wrapper: {place}: {problem}\n", 125)


@only_x86_64
def test_a_policy_may_be_the_output_of_a_command(run_calls, tools):
    read, write = os.pipe()
    os.write(write, b"trace_nothing = deny\n")
    os.close(write)
    ended = run_calls("trace_nothing();", "--policy", f"/dev/fd/{read}", pass_fds=[read])
    os.close(read)
    assert f"policy denies (/dev/fd/{read}:1: trace_nothing = deny)" in ended.stderr
    assert ended.returncode == 139


def test_a_policy_that_cannot_be_read_is_refused(tools):
    guest = tools.guest(GUESTS / "trace_guest.c", "-I", GUESTS)
    missing = tools.directory / "none"
    result = tools.wrapper("--policy", missing, guest, "--allow-missing")
    assert result.returncode in (125, 127)
    provider = tools.provider(GUESTS / "trace_provider.c", "-I", GUESTS)
    result = tools.wrapper("--policy", missing, "--provider", provider, guest)
    assert (result.stderr, result.returncode) == (
        f"host-wrapper: {missing}: No such file or directory\n", 125)


CONVENTIONS = """
    #include <jumpslot/entry.h>
    #include "conventions.h"
    JUMPSLOT_ENTRY(info)
    {
            int wrong = 0;
            (void)info;
            for (int i = 0; i < 100; i++) {
                    wrong += by_stdcall(1, 2, 3) != 44;
                    wrong += by_fastcall(1, 2, 3, 4) != 55;
                    wrong += by_regparm(1, 2, 3, 4) != 66;
            }
            return wrong;
    }
    """
CONVENTIONS_H = """
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC_STDCALL(int, by_stdcall, int, int, int)
    EXTERNAL_FUNC_FASTCALL(int, by_fastcall, int, int, int, int)
    EXTERNAL_FUNC_REGPARM3(int, by_regparm, int, int, int, int)
    """
CONVENTIONS_PROVIDER = """
    #include <jumpslot/provider.h>
    #include "conventions.h"
    EF(by_stdcall) EF(by_fastcall) EF(by_regparm)
    #define STDCALL __attribute__((__stdcall__))
    #define FASTCALL __attribute__((__fastcall__))
    #define REGPARM __attribute__((__regparm__(3)))
    STDCALL int by_stdcall(int a, int b, int c) { return a + b + c; }
    FASTCALL int by_fastcall(int a, int b, int c, int d) { return a + b + c + d; }
    REGPARM int by_regparm(int a, int b, int c, int d) { return a + b + c + d; }
    """


@pytest.mark.parametrize("arch", ["i386"])
def test_fail_takes_the_arguments_off_where_the_function_would(tools):
    tools.write("conventions.h", CONVENTIONS_H)
    guest = tools.guest(CONVENTIONS, "-I", tools.directory)
    provider = tools.provider(CONVENTIONS_PROVIDER)
    result = tools.wrapper("--on", "by_stdcall=fail:44", "--on", "by_fastcall=fail:55",
                           "--on", "by_regparm=fail:66", "--trace", "--provider",
                           provider, guest)
    assert (result.stdout, result.returncode) == ("", 0)
    assert "by_stdcall(1, 2, 3) = 44 (by the policy)" in result.stderr
    assert "by_fastcall(1, 2, 3, 4) = 55 (by the policy)" in result.stderr
    assert "by_regparm(1, 2, 3, 4) = 66 (by the policy)" in result.stderr
