"""A hostile guest hurts itself alone: each act is a fault of the guest, and no more."""

from conftest import each_arch as arch  # noqa: F401
from partition import in_partition

PRIVILEGED, ADDRESS, ILLEGAL = 6, 3, 5
# Code, and the kinds that its fault may have. {a}: a register's prefix, {w}: a suffix.
ACTS = {
    "cli": ("cli", {PRIVILEGED}),
    "sti": ("sti", {PRIVILEGED}),
    "hlt": ("hlt", {PRIVILEGED}),
    "out": ("out %al, $0xf4", {PRIVILEGED}),
    "in": ("in $0x60, %al", {PRIVILEGED}),
    "read cr3": ("mov %cr3, %{a}ax", {PRIVILEGED}),
    "write cr0": ("mov %{a}ax, %cr0", {PRIVILEGED}),
    "write cr4": ("mov %{a}ax, %cr4", {PRIVILEGED}),
    "debug register": ("mov %{a}ax, %db7", {PRIVILEGED}),
    "read msr": ("rdmsr", {PRIVILEGED}),
    "write msr": ("wrmsr", {PRIVILEGED}),
    "load gdt": ("lgdt (%{a}sp)", {PRIVILEGED}),
    "load idt": ("lidt (%{a}sp)", {PRIVILEGED}),
    "store gdt": ("sgdt -16(%{a}sp)", {PRIVILEGED}),
    "load task": ("ltr %ax", {PRIVILEGED}),
    "int 0x20": ("int $0x20", {PRIVILEGED, ADDRESS}),
    "int 0x80 elsewhere": ("int $0x80", {PRIVILEGED, ADDRESS}),
    "int 8": ("int $8", {PRIVILEGED, ADDRESS}),
    "syscall": ("xor %eax, %eax; syscall", {PRIVILEGED, ILLEGAL}),
    "sysenter": ("sysenter", {PRIVILEGED, ADDRESS, ILLEGAL}),
    "invlpg": ("invlpg (%{a}sp)", {PRIVILEGED}),
    "wbinvd": ("wbinvd", {PRIVILEGED}),
    "xsetbv": ("xor %ecx, %ecx; xsetbv", {PRIVILEGED, ADDRESS}),
    "kernel stack": ("mov $0x10, %eax; mov %ax, %ss", {PRIVILEGED, ADDRESS}),
    "kernel code": ("push $8; push $0x200000; lret{w}", {PRIVILEGED, ADDRESS}),
    "write the runtime": ("mov $0xbf800000, %ecx; mov %eax, (%{a}cx)", {ADDRESS}),
    "write the information": ("mov $0xbf900000, %ecx; mov %eax, (%{a}cx)", {ADDRESS}),
    "run the runtime's data": ("mov $0xbf810000, %ecx; jmp *%{a}cx", {ADDRESS}),
    "stack in the kernel": ("mov $-4096, %{a}sp; push %{a}ax", {ADDRESS}),
}
ACTS_64 = {
    "read the kernel": ("mov $0xffffffff80200000, %rax; mov (%rax), %rax", {ADDRESS}),
    "write the kernel": ("mov $0xffffffff80200000, %rax; mov %rax, (%rax)", {ADDRESS}),
    "jump into the kernel": ("mov $0xffffffff80200000, %rax; jmp *%rax", {ADDRESS}),
    "read the window": ("mov $0xffff800000000000, %rax; mov (%rax), %rax", {ADDRESS}),
    "jump nowhere": ("mov $0x8000000000000000, %rax; jmp *%rax", {ADDRESS}),
    "base of GS": ("wrgsbase %rax", {PRIVILEGED, ILLEGAL}),
    "swapgs": ("swapgs", {PRIVILEGED}),
} | {
    f"far jump to selector {selector:#x}": (
        f"push %rax; lea 1f(%rip), %rax; mov %eax, (%rsp); movl ${selector}, 4(%rsp);"
        "ljmpl *(%rsp); 1: ud2", {ADDRESS, PRIVILEGED})
    for selector in range(3, 0x4f, 8) if selector != 0x1b
}
ACTS_I386 = {
    "far jump to the kernel": ("ljmp $0x8, $0x200000", {PRIVILEGED, ADDRESS}),
    "read above": ("mov 0xfffff000, %eax", {ADDRESS}),
} | {
    f"far jump to selector {selector:#x}": (
        f"ljmp ${selector}, $1f; 1: ud2", {ADDRESS, PRIVILEGED})
    for selector in range(3, 0x4f, 8) if selector != 0x1b
}
# Acts that change nothing: no fault, and the guest goes on.
HARMLESS = {
    "raise IOPL": "pushf; orl $0x3000, (%{a}sp); popf; nop",
    "nested task": "pushf; orl $0x4000, (%{a}sp); popf; nop",
    "alignment check": "pushf; orl $0x40000, (%{a}sp); popf; nop",
    "load FS": "mov $0x23, %eax; mov %ax, %fs",
    "x87 control": "fninit",
}

GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    void try(void (*act)(void)), give_up(void);
    volatile uintptr_t kept;
    static volatile uint32_t kind;
    __asm__(".text\\n"
            "try: push %BP\\n push %BX\\n push %SI\\n push %DI\\n mov %SP, kept\\n"
            " call *ACT\\n"
            "give_up: mov kept, %SP\\n pop %DI\\n pop %SI\\n pop %BX\\n pop %BP\\n"
            " push $2; popf\\n ret\\n");
    static void handler(struct jumpslot_fault *fault)
    {
            kind = fault->kind;
            fault->pc = (uintptr_t)give_up;
            fault->decision = JUMPSLOT_FAULT_RETRY;
    }
    ENTRIES
    JUMPSLOT_ENTRY(info)
    {
            static void (*const acts[])(void) = { NAMES };
            char text[sizeof(acts) / sizeof(*acts)];
            (void)info;
            _BSP_Virtual_faulthandler(handler);
            for (unsigned i = 0; i < sizeof(text); i++) {
                    kind = 0;
                    try(acts[i]);
                    text[i] = (char)('0' + kind);
            }
            _BSP_Virtual_Console_write(text, sizeof(text));
            return 0;
    }
    """


def guest_of(machine, codes):
    prefix, word = {"x86_64": "rq", "i386": "el"}[machine]
    entries = "".join(
        f'void act{i}(void); __asm__("act{i}: {code.format(a=prefix, w=word)}; ret");\n'
        for i, code in enumerate(codes))
    names = ", ".join(f"act{i}" for i in range(len(codes)))
    act = {"x86_64": "%rdi", "i386": "20(%esp)"}[machine]
    source = GUEST.replace("ENTRIES", entries).replace("NAMES", names)
    for name in "BP", "BX", "SI", "DI", "SP":
        source = source.replace("%" + name, "%" + prefix + name.lower())
    return source.replace("ACT", act)


def test_every_act_is_a_fault_of_the_guest_alone(tools, arch):
    acts = ACTS | (ACTS_64 if arch == "x86_64" else ACTS_I386)
    codes = [code for code, _ in acts.values()] + list(HARMLESS.values())
    flags = ["-mfsgsbase"] if arch == "x86_64" else []
    result = in_partition(tools.guest(guest_of(arch, codes), *flags))
    assert (result.stderr, result.returncode) == ("", 0)
    seen = dict(zip([*acts, *HARMLESS], map(int, result.stdout), strict=True))
    expected = {name: kinds for name, (_, kinds) in acts.items()}
    expected |= {name: {0} for name in HARMLESS}
    assert len(expected) > 30
    assert not {name: kind for name, kind in seen.items() if kind not in expected[name]}


def test_a_state_full_of_addresses_of_the_kernel_ends_as_a_fault(tools, arch):
    """The guest writes them to all data of the runtime and to its own state page."""
    result = in_partition(tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_bsp.h>
        #include <jumpslot/virt_cpu.h>
        static void handler(int vector, void *frame)
        {
                (void)frame;
                _CPU_Virtual_Irq_ack(vector);
        }
        JUMPSLOT_ENTRY(info)
        {
                volatile uintptr_t *words = (volatile uintptr_t *)0xbf810000;
                (void)info;
                _CPU_Virtual_Set_handler(handler);
                _CPU_Virtual_Irq_request(0);
                _BSP_Virtual_Clock_init();
                _BSP_Virtual_Clock_periodic(0, 100000);
                for (unsigned i = 0; i < 4096 / sizeof(*words); i++)
                        words[i] = (uintptr_t)0xffffffff80200000;
                words = (volatile uintptr_t *)(uintptr_t)info->vcpu_state;
                for (unsigned i = 0; i < 4096 / sizeof(*words); i++)
                        words[i] = i == 1 ? 0 : (uintptr_t)0xffffffff80200000;
                for (unsigned i = 0; i < 1000000; i++)
                        __asm__ volatile("" : : : "memory");
                ((volatile struct jumpslot_vcpu_state *)words)->level = 0;
                ((volatile struct jumpslot_vcpu_state *)words)->masked = 0;
                ((volatile struct jumpslot_vcpu_state *)words)->in_service = 0;
                for (;;)
                        __asm__ volatile("" : : : "memory");
        }
        """, "-Wno-overflow"))
    assert "stopped by signal 11 (" in result.stderr and result.returncode == 139
