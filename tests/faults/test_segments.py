"""A guest that changes segment registers, which belong to the host, gets a report."""

import pytest
from conftest import ROOT, each_arch as arch
from fault_guest import GUEST, HOST, ISR, faulting, function_at, provider, report


# Changes of FS and GS that do not fault. libc uses FS on x86-64, and GS on i386.
CHANGES = {
    "x86_64": [
        ("FS", "xor %%eax, %%eax\\n wrfsbase %%rax"),
        ("FS", "mov $0x1234567890, %%rax\\n wrfsbase %%rax"),
        ("FS", "mov $0x2b, %%eax\\n mov %%eax, %%fs"),
        ("FS and GS", "xor %%eax, %%eax\\n wrfsbase %%rax\\n inc %%eax\\n "
                      "wrgsbase %%rax"),
    ],
    "i386": [
        ("GS", "xor %%eax, %%eax\\n mov %%eax, %%gs"),
        ("GS", "mov $0x2b, %%eax\\n mov %%eax, %%gs"),
        ("FS and GS", "mov $0x2b, %%eax\\n mov %%eax, %%gs\\n mov %%eax, %%fs"),
    ],
}


@pytest.mark.parametrize("number", range(4))
def test_a_gated_call_after_changing_fs_or_gs_ends_with_a_report(tools, arch, number):
    changes = CHANGES[arch]
    name, text = changes[number % len(changes)]
    result = faulting(tools, f'__asm__ volatile("{text}" : : : "eax", "memory"); '
                             'return host("hello") + 1;',
                      "fault->decision = JUMPSLOT_FAULT_STOP;", before=HOST,
                      options=["--provider", provider(tools)])
    assert "stopped by signal 11 (Segmentation fault) at 0x" in result.stderr
    assert (f": the guest changed {name}, which is the host's, in host, called from 0x"
            in result.stderr)
    assert result.returncode == 139


POINT_AT_MEMORY = {
    "x86_64": "wrfsbase %%rax",
    # modify_ldt(): entry 0 is data of 4 GiB at `memory`.
    "i386": """movl %%eax, entry + 4\\n push %%ebx\\n mov $1, %%ebx\\n
               mov $entry, %%ecx\\n
               mov $16, %%edx\\n mov $123, %%eax\\n int $0x80\\n pop %%ebx\\n
               mov $7, %%eax\\n mov %%eax, %%gs""".replace("\n", ""),
}


def test_a_gated_call_with_fs_or_gs_in_the_guests_memory_ends_with_a_report(tools, arch):
    """The host function itself would find memory there, and continue."""
    result = faulting(tools, f'__asm__ volatile("{POINT_AT_MEMORY[arch]}" '
                             ': : "a"(memory + 65536) : "ecx", "edx", "memory"); '
                             "return host_nothing();",
                      "fault->decision = JUMPSLOT_FAULT_STOP;", before="""
        static char memory[131072];
        unsigned entry[4] = { 0, 0, 0xfffff, 0x51 };
        EXTERNAL_FUNC(int, host_nothing)
        """, options=["--sandbox=off", "--provider", tools.provider("""
        #include <jumpslot/provider.h>
        EXTERNAL_FUNC(int, host_nothing)
        EF(host_nothing)
        int host_nothing(void) { return 5; }
        """)])
    name = {"x86_64": "FS", "i386": "GS"}[arch]
    assert (f": the guest changed {name}, which is the host's, in host_nothing, called "
            "from "
            in result.stderr)
    assert result.returncode in (132, 139)


def test_a_fault_of_the_guests_after_changing_fs_or_gs_is_reported(tools, arch):
    name, text = CHANGES[arch][0]
    result = faulting(tools, f'__asm__ volatile("{text}" : : : "eax", "memory"); '
                             'load((void *)16); return 1;',
                      "fault->decision = JUMPSLOT_FAULT_STOP;")
    assert function_at(report(result)) == "_start"
    assert report(result).endswith(
        f", accessing 0x10: the guest changed {name}, which is the host's\n")
    assert result.returncode == 139


def test_an_interrupt_after_changing_fs_or_gs_ends_with_a_report(tools, arch):
    name, text = CHANGES[arch][0]
    result = faulting(tools, """
        if (_CPU_Virtual_Set_handler(isr) || _CPU_Virtual_Irq_request(0) ||
            _BSP_Virtual_Clock_init() || _BSP_Virtual_Clock_periodic(20000000, 1000000))
                return 98;
        _CPU_Virtual_Interrupts_open();
        __asm__ volatile("%s" : : : "eax", "memory");
        for (;;)
                __asm__ volatile("");
        """ % text, before=ISR)
    assert function_at(report(result)) == "_start"
    assert report(result).endswith(f": the guest changed {name}, which is the host's\n")
    assert result.returncode == 139


def test_one_null_selector_is_as_good_as_another(tools):
    """Kernels may load 3 for 0 when a signal's handler returns."""
    result = tools.wrapper(tools.guest(GUEST % (ISR, """
        if (_CPU_Virtual_Set_handler(isr) || _CPU_Virtual_Irq_request(0) ||
            _BSP_Virtual_Clock_init() || _BSP_Virtual_Clock_periodic(20000000, 1000000))
                return 98;
        _CPU_Virtual_Interrupts_open();
        for (unsigned null = 0; null < 4; null++) {
                const unsigned before = interrupts;

                while (interrupts == before)
                        __asm__ volatile("mov %0, %%fs" : : "r"(null));
        }
        return 5;
        """), "-I", ROOT / "tests/faults/guests", arch="i386"))
    assert (result.stderr, result.returncode) == ("", 5)


def test_data_segments_are_the_hosts_too(tools):
    result = tools.wrapper(tools.guest(GUEST % ("", """
        __asm__ volatile("xor %%eax, %%eax\\n mov %%eax, %%ds\\n mov %%eax, %%es\\n"
                         "mov 16, %%eax" : : : "eax", "memory");
        return 1;
        """), "-I", ROOT / "tests/faults/guests", arch="i386"))
    assert report(result).endswith(": the guest changed DS and ES, which is the host's\n")
    assert result.returncode == 139
