"""The abilities that a host lacks, and the tests that need them.

HOST=kvm or HOST=monitor runs the tests of commands on that host. Tests of architectures
that it does not run are left out; tests of the abilities below are skipped. docs/kvm.md
and docs/monitor.md explain each ability; kvm/test_abilities.py and
monitor/test_monitor_abilities.py count the skips, so that none is added unnoticed.
KVM_MACHINE tells where HOST=kvm runs: "processor" for one with virtualization, "nested"
for the reference machine.
"""

import os
from fnmatch import fnmatchcase

KVM_MACHINE = os.environ.get("KVM_MACHINE")
# An emulating /dev/kvm does not run i386 guests.
ARCHES = {"process": ["x86_64", "i386"], "monitor": ["x86_64", "i386"],
          "kvm": ["x86_64", *["i386"] * bool(KVM_MACHINE)]}

# Ability: patterns of the tests that need it, below tests/.
CALLS = "calls/test_calls.py::test_"
INTERRUPTS = "interrupts/test_interrupts.py::test_"
SERVICES = "interrupts/test_services.py::test_"
CONSOLE = "interrupts/test_console_input.py::test_"
STACK = "interrupts/test_stack_limit.py::test_"
CONTEXT = "faults/test_fault_context.py::test_"
ACCOUNT = "faults/test_fault_account.py::test_"
RESTART = "faults/test_restart.py::test_"
# Cases of test_interrupts_and_host_functions that call host functions.
HOST_CASES = ("gated-sleep", "blocking-sleep", "libc", "gated", "direct", "callback",
              "gates", "after-direct", "another-thread", "never-enable")
LACKS = {"process": {}, "kvm": {
    "direct calls": [
        f"{CALLS}registers_arrive_and_those_of_the_guest_come_back*-direct-*",
        f"{CALLS}guest_and_host_have_floating_point_control_of_their_own*",
        f"{CALLS}what_a_host_function_masks_is_masked_for_the_host_alone*",
        f"{CALLS}the_guest_starts_with_the_mask_that_the_wrapper_has*",
        f"{CALLS}a_blocking_function_masks_the_signal_of_a_clock_that_is_set*",
        "interrupts/test_blocking.py::test_a_blocking_function_masks_the_signal_only*",
        f"{CALLS}a_function_that_takes_too_much_of_a_small_stack_is_seen*",
        f"{CALLS}a_host_that_masks_every_signal_hinders_neither_gate_nor_report*",
        f"{INTERRUPTS}interrupts_and_host_functions?x86_64-direct-*",
        f"{INTERRUPTS}interrupts_and_host_functions?i386-direct-*",
        "trace/test_trace.py::test_the_slot_of_a_function_that_is_not_traced_*-1?",
        "trace/test_trace_file.py::test_calls_that_do_not_return_are_nested_too*",
    ],
    "exact host stack": [
        f"{CALLS}stated_bytes_that_the_hosts_stack_does_not_hold_are_reported*",
        "calls/test_callbacks.py::test_depth_is_limited_by_memory_alone*",
    ],
    "upper halves of vector registers": [
        f"{CALLS}registers_arrive_and_those_of_the_guest_come_back*",
        f"{CALLS}a_register_that_a_first_call_loses_is_seen*",
    ],
    "executable guest code in the runner": [
        "calls/test_callbacks.py::test_a_callback_does_what_a_call_does*-arguments-*",
        "calls/test_callbacks.py::test_a_callback_does_what_a_call_does*-stubs-*",
        "calls/test_callbacks.py::test_callbacks_do_not_depend_on_the_providers*",
    ],
    "system calls of the guest": [
        "faults/test_fault_kinds.py::test_a_fault_signal_that_a_process_sent_is_not_*",
    ],
    "memory of the host in the guest": [
        f"{INTERRUPTS}a_stack_outside_of_the_guests_memory_is_reported*",
    ],
    "catching up on a busy machine": [
        "rtos/test_rtos.py::test_a_kernel_that_was_stopped_for_a_while_catches_up*",
    ],
}, "nested": {
    "unmasked SSE exceptions": [
        "faults/test_fault_kinds.py::test_each_kind_reaches_the_handler_*-float?",
    ],
    "faults of far returns": [
        "faults/test_privileged_instructions.py::test_each_privileged_*?x86_64?",
    ],
    "an exit in less than a millisecond under strace": [
        "interrupts/test_inline.py::test_no_inline_function_needs_an_exit*-goes-on?",
    ],
    "a thousand interrupts per second": [
        "rtos/test_rtos.py::test_32_threads_at_1000_hz_*",
        "rtos/test_rtos.py::test_the_soak_is_never_late_on_a_clock_of_its_own*",
        "rtos/test_rtos.py::test_the_soak_detects_a_broken_kernel*",
        "rtos/test_rtos.py::test_a_killed_guest_leaves_nothing_that_affects_the_next_*",
    ],
}, "monitor": {
    "unmasked SSE exceptions": [
        "faults/test_fault_kinds.py::test_each_kind_reaches_the_handler_*-float?",
    ],
    "system calls of the guest": [
        "faults/test_fault_kinds.py::test_a_fault_signal_that_a_process_sent_is_not_*",
    ],
    "faults of far returns": [
        "faults/test_privileged_instructions.py::test_each_privileged_instruction_*",
    ],
    "a host out of the guest's sight": [
        f"{SERVICES}console_refuses_what_is_not_the_guests_to_read*",
    ],
    "errors of the console": [f"{SERVICES}console_passes_on_its_error*"],
    "shared libraries as providers": [
        *(f"{INTERRUPTS}interrupts_and_host_functions?*-{case}-arguments*"
          for case in HOST_CASES),
        f"{SERVICES}a_closed_console_is_no_file_of_a_providers*",
        f"{STACK}*-return?", f"{STACK}*-callback?",
        f"{STACK}a_fault_outside_of_the_guest_may_come_from_its_stack*",
        "interrupts/test_blocking.py::test_*", "interrupts/test_coarse_clock.py::test_*",
        "interrupts/test_frame_mxcsr.py::test_*",
        f"{CONTEXT}a_handler_may_call_gated_host_functions*",
        f"{CONTEXT}a_fault_in_a_host_function_is_not_the_guests*",
        f"{CONTEXT}a_write_of_host_code_to_its_own_instruction_*",
        f"{CONTEXT}a_fault_in_a_callback_is_not_handled*",
        f"{CONTEXT}a_guest_stops_from_a_callback_in_an_interrupt_handler*",
        f"{ACCOUNT}a_time_out_says_which_host_function_has_not_returned*",
        f"{RESTART}files_that_providers_opened_are_closed_*",
        f"{RESTART}each_restart_has_environment_and_directory_of_the_first_start*",
        f"{RESTART}a_restart_works_from_a_callback*",
        f"{RESTART}what_a_provider_printed_is_not_lost_in_a_restart*",
        f"{RESTART}a_guest_whose_provider_was_changed_is_not_restarted*",
        f"{RESTART}a_guest_that_ends_otherwise_is_not_restarted*",
        f"{RESTART}a_guest_has_no_descriptor_of_memory_that_it_shares_with_*",
        "faults/test_segments.py::test_a_gated_call_*",
    ],
    "interrupt lines": [
        "interrupts/test_lines.py::test_*", "interrupts/test_line_options.py::*",
        "interrupts/test_clock_guest.py::test_lines_come_while_the_guest_is_idle*",
        f"{RESTART}lines_and_other_descriptors_survive_restarts*",
    ],
    "a process for the guest": [
        "interrupts/test_interrupt_steps.py::test_*",
        f"{INTERRUPTS}signals_of_another_process_disturb_nothing*",
        f"{INTERRUPTS}signals_before_the_guest_starts_disturb_nothing*",
        f"{INTERRUPTS}waiting_takes_no_processor_time*",
        f"{RESTART}a_restart_without_a_supervisor_is_refused*",
    ],
    "a clock that waits for the guest": [
        "interrupts/test_clock_guest.py::test_the_rules_of_the_guests_clock?*-disables-*",
    ],
    "memory of the host in the guest": [
        f"{INTERRUPTS}a_stack_outside_of_the_guests_memory_is_reported*",
    ],
    "the end of input": [
        f"{CONSOLE}the_end_of_a_pipe_or_socket_interrupts_once*",
        f"{CONSOLE}the_end_that_is_typed_on_a_terminal_is_final*",
        f"{CONSOLE}a_terminal_that_hangs_up_interrupts_once*",
    ],
    "lines of a terminal": [
        f"{CONSOLE}input_from_a_terminal_comes_by_lines_and_leaves_its_mode*",
    ],
    "input in one piece": [
        f"{CONSOLE}input_interrupts_once_until_all_is_read*",
    ],
    "input that is left to others": [
        f"{CONSOLE}no_more_is_read_than_the_guest_asked_for*",
    ],
    "reports of changed segment registers": [
        "faults/test_segments.py::test_a_fault_of_the_guests_after_changing_*",
        "faults/test_segments.py::test_an_interrupt_after_changing_*",
        "faults/test_segments.py::test_data_segments_are_the_hosts_too*",
    ],
    "backtraces": [
        "faults/test_backtrace_confined.py::test_*",
        f"{ACCOUNT}a_fault_shows_registers_last_function_and_stack*",
        f"{ACCOUNT}the_report_as_json_has_the_same*",
        f"{ACCOUNT}no_process_of_the_guest_can_change_the_stack_while_it_is_read*",
    ],
    "a look at a running guest": [
        f"{ACCOUNT}a_time_out_says_that_the_guest_ran*",
        f"{ACCOUNT}of_a_time_out_the_place_alone_is_the_runners_account*",
        f"{RESTART}the_virtual_cpu_is_shown_after_a_restart*",
    ],
    "the report of bound functions": [
        f"{RESTART}the_report_of_bound_functions_is_that_of_the_last_run*",
    ],
}}


def lacking(host, name, machine=KVM_MACHINE):
    """The abilities that `host` lacks on that machine for the test with that name."""
    lacks = LACKS[host] | (LACKS["nested"] if machine == "nested" else {})
    return [ability for ability, patterns in lacks.items()
            if any(fnmatchcase(name, f"tests/{pattern}") for pattern in patterns)]


def is_foreign(host, name):
    """True for a test of an architecture that `host` does not run."""
    others = set(ARCHES["process"]) - set(ARCHES[host])
    return any(arch in name.rpartition("::")[2] for arch in others)
