/*
 * Attacks by name on the kvm host, from inside the virtual machine: argument 1 selects
 * one, argument 2 is an address for it, and argument 3 the distance from the resolver to
 * the doorbells, both in hexadecimal. A guest that gets further than it should returns
 * 42.
 */
#include <jumpslot/arguments.h>
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>

#define REACHED 42
#ifdef __x86_64__
#define R  "r" /* begins the names of registers */
#define SP "rsp"
#else
#define R  "e"
#define SP "esp"
#endif
#define PAGE 4096u

/* Where the host's block has its doorbells (inside.h). */
static volatile char *doorbells;
static uintptr_t address;
static const char constant[8] = "constant";
static char data[16] = { (char)0xc3 };
extern char slot[] __asm__("jumpslot.slot._BSP_Virtual_Console_write");

static void read_address(void)
{
	(void)*(volatile char *)address;
}

static void write_address(void)
{
	*(volatile char *)address = 1;
}

static void jump_to_address(void)
{
	((void (*)(void))address)();
}

static void write_slot(void)
{
	*(volatile uintptr_t *)slot = address;
}

static void write_constant(void)
{
	*(volatile char *)(uintptr_t)constant = 1;
}

static void write_code(void)
{
	*(volatile char *)(uintptr_t)write_code = 1;
}

static void run_data(void)
{
	((void (*)(void))(uintptr_t)data)();
}

static void write_gate(void)
{
	*(volatile uintptr_t *)(doorbells - sizeof(uintptr_t)) = 0;
}

static void run_doorbell(void)
{
	((void (*)(void))(uintptr_t)doorbells)();
}

static void read_doorbell(void)
{
	(void)doorbells[0];
}

static void ring_with(unsigned number, uintptr_t value)
{
	*(volatile uintptr_t *)(doorbells + 8 * number) = value;
}

static void ring(unsigned number)
{
	ring_with(number, address);
}

static void ring_call(void)
{
	ring(0);
}

static void ring_called(void)
{
	ring(1);
}

static void ring_bind(void)
{
	ring(2);
}

static void ring_sleep(void)
{
	ring(4);
}

static void ring_stack_full(void)
{
	ring(5);
}

static void ring_is_code(void)
{
	ring(6);
}

static void ring_fault(void)
{
	ring(8);
}

static void ring_ping(void)
{
	ring(9);
}

static void ring_unknown(void)
{
	ring(100);
}

static void ring_a_byte(void)
{
	*doorbells = 1;
}

static void ring_across(void)
{
	*(volatile uintptr_t *)(doorbells + 4) = 1;
}

/* A frame that is the guest's, with an index beyond the imports. */
static void forge_index(void)
{
	static uintptr_t frame[128] = { 0, 0, 1u << 30 };

	ring_with(0, (uintptr_t)frame);
}

/* A frame in memory that cannot be written. */
static void forge_read_only(void)
{
	static const uintptr_t frame[128] = { 0 };

	ring_with(0, (uintptr_t)frame);
}

/* A frame whose stack arguments would lie past the end of the stack. */
static void call_at_the_edge(void)
{
	__asm__ volatile("mov %0, %%" SP "\n"
			 "call _BSP_Virtual_Console_write"
			 :
			 : "r"(address)
			 : "memory");
}

static void use_no_stack(void)
{
	__asm__ volatile("mov %0, %%" SP "; push %0" : : "r"(address) : "memory");
}

#define INSTRUCTION(name, text)                                                          \
	static void name(void)                                                           \
	{                                                                                \
		__asm__ volatile(text                                                    \
				 :                                                       \
				 : "a"(0), "b"(0), "c"(0x10), "d"(0), "S"(data),         \
				   "D"(data)                                             \
				 : "memory");                                            \
	}
INSTRUCTION(do_cli, "cli")
INSTRUCTION(do_sti, "sti")
INSTRUCTION(do_hlt, "hlt")
INSTRUCTION(do_in, "in $0x60, %%al")
INSTRUCTION(do_out, "out %%al, $0x80")
INSTRUCTION(do_rdmsr, "rdmsr")
INSTRUCTION(do_wrmsr, "wrmsr")
INSTRUCTION(do_read_cr3, "mov %%cr3, %%" R "ax")
INSTRUCTION(do_write_cr0, "mov %%" R "ax, %%cr0")
INSTRUCTION(do_read_dr, "mov %%dr7, %%" R "ax")
INSTRUCTION(do_invlpg, "invlpg (%%" R "si)")
INSTRUCTION(do_wbinvd, "wbinvd")
INSTRUCTION(do_lgdt, "lgdt (%%" R "si)")
INSTRUCTION(do_lidt, "lidt (%%" R "si)")
INSTRUCTION(do_ltr, "ltr %%ax")
INSTRUCTION(do_int_21, "int $0x21")
INSTRUCTION(do_int_80, "int $0x80")
INSTRUCTION(do_syscall, "syscall")
INSTRUCTION(do_int3, "int3")
INSTRUCTION(do_ud2, "ud2")
INSTRUCTION(do_step, "pushf; orl $0x100, (%%" SP "); popf; nop; nop")
INSTRUCTION(do_iopl, "pushf; orl $0x3000, (%%" SP "); popf; cli")
INSTRUCTION(do_divide, "div %%ebx")
INSTRUCTION(do_load_ss, "mov %%cx, %%ss")
INSTRUCTION(do_xsetbv, "xor %%ecx, %%ecx; xsetbv")
INSTRUCTION(do_clts, "clts")
#ifdef __x86_64__
INSTRUCTION(do_swapgs, "swapgs")
INSTRUCTION(do_sysret, "sysretq")
INSTRUCTION(do_iret, "push %%rax; push %%rax; push %%rax; push %%rax; push %%rax; iretq")
/* To code of 32 bits, if there is a selector for it. */
INSTRUCTION(do_far_jump, "lea 1f(%%rip), %%rax; mov %%eax, (%%rsi);"
			 "movl $0x1b, 4(%%rsi); ljmpl *(%%rsi); 1: ud2")
#else
INSTRUCTION(do_sysenter, "mov %%esp, %%ecx; lea 1f, %%edx; sysenter; 1: ud2")
INSTRUCTION(do_iret, "push %%eax; push %%eax; push %%eax; iret")
INSTRUCTION(do_into, "mov $0x7fffffff, %%eax; inc %%eax; into")
INSTRUCTION(do_bound, "bound %%edx, (%%esi)")
/* To code of 64 bits: the handlers' selector. */
INSTRUCTION(do_far_jump, "movl $1f, (%%esi); movl $0xb, 4(%%esi); ljmp *(%%esi); 1: ud2")
#endif

static void spin(void)
{
	for (;;)
		;
}

static void storm(void)
{
	for (;;)
		ring_with(7, 0);
}

/* Words of the block that the host reads: they are the guest's own to spoil. */
static void spoil_data(void)
{
	volatile char *words = doorbells + PAGE;

	for (unsigned i = 0; i < PAGE; i++)
		words[i] = (char)0xff;
	_CPU_Virtual_Interrupts_open();
	_BSP_Virtual_Clock_init();
	_BSP_Virtual_Clock_oneshot(1);
	for (;;)
		_BSP_Virtual_Clock_read();
}

#define CASE(function)                                                                   \
	{                                                                                \
#function, function                                                      \
	}
static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
	CASE(read_address),  CASE(write_address),   CASE(jump_to_address),
	CASE(write_slot),    CASE(write_constant),  CASE(write_code),
	CASE(run_data),	     CASE(write_gate),	    CASE(run_doorbell),
	CASE(read_doorbell), CASE(ring_call),	    CASE(ring_called),
	CASE(ring_bind),     CASE(ring_sleep),	    CASE(ring_stack_full),
	CASE(ring_is_code),  CASE(ring_fault),	    CASE(ring_ping),
	CASE(ring_unknown),  CASE(ring_a_byte),	    CASE(ring_across),
	CASE(forge_index),   CASE(forge_read_only), CASE(call_at_the_edge),
	CASE(use_no_stack),  CASE(do_cli),	    CASE(do_sti),
	CASE(do_hlt),	     CASE(do_in),	    CASE(do_out),
	CASE(do_rdmsr),	     CASE(do_wrmsr),	    CASE(do_read_cr3),
	CASE(do_write_cr0),  CASE(do_read_dr),	    CASE(do_invlpg),
	CASE(do_wbinvd),     CASE(do_lgdt),	    CASE(do_lidt),
	CASE(do_ltr),	     CASE(do_iret),	    CASE(do_int_21),
	CASE(do_int_80),     CASE(do_syscall),	    CASE(do_int3),
	CASE(do_ud2),	     CASE(do_step),	    CASE(do_iopl),
	CASE(do_divide),     CASE(do_load_ss),	    CASE(do_far_jump),
	CASE(do_xsetbv),     CASE(do_clts),	    CASE(spin),
	CASE(storm),	     CASE(spoil_data),
#ifdef __x86_64__
	CASE(do_swapgs),     CASE(do_sysret),
#else
	CASE(do_sysenter),   CASE(do_into),	    CASE(do_bound),
#endif
};

static int same(const char *one, const char *other)
{
	while (*one && *one == *other) {
		one++;
		other++;
	}
	return *one == *other;
}

static uintptr_t read_hexadecimal(const char *text)
{
	uintptr_t value = 0;

	for (; *text; text++)
		value = value * 16 +
			(uintptr_t)(*text <= '9' ? *text - '0' : *text - 'a' + 10);
	return value;
}

JUMPSLOT_ENTRY(info)
{
	char name[64] = "", text[32] = "";

	jumpslot_argument(1, name, sizeof(name));
	jumpslot_argument(2, text, sizeof(text));
	address = read_hexadecimal(text);
	jumpslot_argument(3, text, sizeof(text));
	doorbells = (volatile char *)(uintptr_t)info->resolver + read_hexadecimal(text);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (same(cases[i].name, name)) {
			cases[i].run();
			return REACHED;
		}
	_BSP_Virtual_Console_write("no such case\n", 13);
	return 1;
}
