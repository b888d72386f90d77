"""The abilities that a host lacks, and the tests that need them.

HOST=kvm or HOST=monitor runs the tests of commands on that host. Tests of architectures
that it does not run are left out; tests of the abilities below are skipped. docs/kvm.md
and docs/monitor.md explain each ability; test_abilities.py of tests/kvm and tests/monitor
count the skips, so that none is added unnoticed. KVM_MACHINE tells where HOST=kvm runs:
"processor" for one with virtualization, "nested" for the reference machine.
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
LACKS = {"process": {}, "kvm": {
    "direct calls": [
        f"{CALLS}registers_arrive_and_those_of_the_guest_come_back*-direct-*",
        f"{CALLS}guest_and_host_have_floating_point_control_of_their_own*",
        f"{CALLS}what_a_host_function_masks_is_masked_for_the_host_alone*",
        f"{CALLS}the_guest_starts_with_the_mask_that_the_wrapper_has*",
        f"{CALLS}a_blocking_function_of_a_guest_with_a_clock_masks_its_signal*",
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
    "an exit in less than a millisecond under strace": [
        "interrupts/test_inline.py::test_no_inline_function_needs_an_exit*-goes-on?",
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
        f"{SERVICES}a_closed_console_is_no_file_of_a_providers*",
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
