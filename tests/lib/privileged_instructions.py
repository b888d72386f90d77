"""The privileged instructions that fault, each with its name and its replacement."""

# Assembly, name, and the replacement that the report must name.
DISABLE = "use _CPU_Virtual_Interrupts_close() or _disable()"
IN = OUT = ("use the device's replacement: _BSP_Virtual_Console_*(), "
            "_BSP_Virtual_Clock_*(), _CPU_Virtual_Irq_*(), or a provider's function")
WAIT = "use _CPU_Virtual_Wait_for_event(), or _CPU_Virtual_exec_stop_error() at the end"
PRIVILEGED = [
    ("cli", "cli", DISABLE),
    (".byte 0x66, 0xfa", "cli", DISABLE),
    ("sti", "sti", "use _CPU_Virtual_Interrupts_open()"),
    ("hlt", "hlt", WAIT),
    ("in $0x60, %al", "in", IN), ("in $0x60, %eax", "in", IN),
    ("in %dx, %al", "in", IN), ("in %dx, %ax", "in", IN),
    ("insb", "ins", IN), ("rep insl", "ins", IN),
    ("out %al, $0x60", "out", OUT), ("out %eax, $0x60", "out", OUT),
    ("out %al, %dx", "out", OUT), ("out %ax, %dx", "out", OUT),
    ("outsb", "outs", OUT), ("rep outsl", "outs", OUT),
    ("mov %cr0, %Wax", "mov from a control register", "paging and modes are the host's"),
    ("mov %cr2, %Wcx", "mov from a control register", "_BSP_Virtual_faulthandler()"),
    ("mov %Wax, %cr3", "mov to a control register", "paging and modes are the host's"),
    ("mov %Wdx, %cr4", "mov to a control register", "paging and modes are the host's"),
    ("mov %dr7, %Wax", "mov from a debug register", "debug registers are the host's"),
    ("mov %Wax, %dr0", "mov to a debug register", "debug registers are the host's"),
    ("lgdt 16(%Wcx)", "lgdt", "segments are the host's"),
    ("lidt 16(%Wcx)", "lidt", "use _CPU_Virtual_Set_handler()"),
    ("lldt %ax", "lldt", "segments are the host's"),
    ("ltr %ax", "ltr", "segments are the host's"),
    ("lmsw %ax", "lmsw", "paging and modes are the host's"),
    ("clts", "clts", "floating point is always there"),
    ("invlpg (%Wax)", "invlpg", "paging and caches are the host's"),
    ("invd", "invd", "paging and caches are the host's"),
    ("wbinvd", "wbinvd", "paging and caches are the host's"),
    ("rdmsr", "rdmsr", "use a provider's function"),
    ("wrmsr", "wrmsr", "use a provider's function"),
    ("rdpmc", "rdpmc", "use _BSP_Virtual_Clock_read()"),
    ("xsetbv", "xsetbv", "vector registers are there"),
    ("monitor", "monitor", WAIT),
    ("mwait", "mwait", WAIT),
    ("mov $0x10, %eax\n mov %eax, %ds", "mov to a segment register", "segments are"),
    ("mov $0x10, %eax\n mov %eax, %fs", "mov to a segment register", "segments are"),
    ("mov $0x10, %eax\n mov %eax, %ss", "mov to a segment register", "segments are"),
    ("push $0x10\n pop %gs", "pop to a segment register", "segments are"),
    ("push $0x10\n lss (%Wsp), %eax", "lss", "segments are"),
    ("push $0x10\n push $0\n lret", "far return", "segments are"),
    ("int $0x21", "int", "use _CPU_Virtual_Irq_raise() or an external function"),
    ("sysexit", "sysexit", "return from the interrupt handler"),
]
PRIVILEGED_ONLY = {
    "x86_64": [
        ("mov %rax, %cr8", "mov to a control register",
         "paging and modes are the host's"),
        ("swapgs", "swapgs", "segments are the host's"),
        ("sysretq", "sysret", "return from the interrupt handler"),
        ("push $0\n push $0\n push $2\n push $0x10\n push $0\n iretq", "iret",
         "return from the interrupt handler"),
    ],
    "i386": [
        ("push $0x10\n pop %ds", "pop to a segment register", "segments are"),
        ("push $0x10\n pop %ss", "pop to a segment register", "segments are"),
        ("movl $0x10, 4+far\n lds far, %eax", "lds", "segments are"),
        ("movl $0x10, 4+far\n les far, %eax", "les", "segments are"),
        ("movl $0x10, 4+far\n lfs far, %eax", "lfs", "segments are"),
        ("ljmp $0x10, $0", "far jump", "segments are"),
        ("lcall $0x10, $0", "far call", "segments are"),
        ("push $2\n push $0x10\n push $0\n iret", "iret",
         "return from the interrupt handler"),
    ],
}


def instructions(arch):
    """The table for one architecture, with the names of its word registers."""
    word = {"x86_64": "%r", "i386": "%e"}[arch]
    return [(text.replace("%W", word).replace("\n", "\\n"), name, instead)
            for text, name, instead in PRIVILEGED + PRIVILEGED_ONLY[arch]]
