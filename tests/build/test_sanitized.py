"""Sanitizer builds leave out tests by a mark with a reason, as many as listed here."""

import re

from conftest import ROOT

MARK = re.compile(r"mark\.not_sanitized\(([^)]*)\)")
REASON = re.compile(r'\s*"[a-z][^"]{8,}"\s*')
LEFT_OUT = {
    "abi/test_link_time.py": 1,
    "calls/test_gate_valgrind.py": 1,
    "calls/test_scale.py": 2,
    "faults/test_backtrace_confined.py": 1,
    "interrupts/test_blocking.py": 1,
    "interrupts/test_broken_returns.py": 1,
    "interrupts/test_frame_mxcsr.py": 1,
    "interrupts/test_interrupt_steps.py": 1,
    "interrupts/test_interrupts.py": 1,
    "interrupts/test_services.py": 1,
    "interrupts/test_stack_limit.py": 1,
    "interrupts/test_vcpu_room.py": 1,
    "launcher/test_hostile_guest.py": 1,
    "launcher/test_limits.py": 1,
    "launcher/test_loading.py": 1,
    "launcher/test_partitions.py": 1,
    "launcher/test_partitions_watched.py": 1,
    "launcher/test_report_json.py": 1,
    "launcher/test_report_schema.py": 1,
    "launcher/test_static_libc.py": 1,
    "monitor/test_standard_input.py": 1,
    "newlib/test_console.py": 1,
    "security/test_entry_state.py": 1,
    "security/test_memory_map.py": 1,
    "security/test_overwritten_runner.py": 1,
    "trace/test_standby.py": 1,
    "trace/test_trace.py": 1,
    "trace/test_trace_file.py": 1,
    "trace/test_trace_stack.py": 1,
}


def marks():
    """{file: reasons as written} of all tests."""
    found = {path: MARK.findall(path.read_text())
             for path in sorted((ROOT / "tests").glob("*/test_*.py"))}
    return {str(path.relative_to(ROOT / "tests")): reasons
            for path, reasons in found.items() if reasons}


def test_sanitizers_leave_out_these_tests_and_no_others():
    assert {path: len(reasons) for path, reasons in marks().items()} == LEFT_OUT


def test_each_mark_has_a_reason():
    for path, reasons in marks().items():
        assert all(REASON.fullmatch(reason) for reason in reasons), path
