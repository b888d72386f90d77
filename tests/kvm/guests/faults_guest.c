/*
 * Faults that the guest handles itself, and restarts, by the name in argument 1: what the
 * handler sees is printed, so that two hosts can be compared.
 */
#include "../../faults/guests/fault.h"

static struct {
	unsigned long decision; /* JUMPSLOT_FAULT_*, or GO_ON */
	uintptr_t stack;
	unsigned next;
} the;

#define GO_ON 100

static void divide_by_zero(void)
{
	divide(0);
}

/* By x87: QEMU's emulation raises no exception of SSE. */
static void divide_float(void)
{
	const unsigned short control = 0x37f & ~0x4;

	__asm__ volatile("fldcw %0\n\tfld1\n\tfldz\n\tfdivrp\n\tfwait" : : "m"(control));
}

static void load_nothing(void)
{
	load((void *)0x1238);
}

static void store_to_code(void)
{
	*(volatile char *)(uintptr_t)store_to_code = 1;
}

static void jump_to_nothing(void)
{
	__asm__ volatile("jmp *%0" : : "r"((uintptr_t)0x2468));
}

static void jump_to_data(void)
{
	__asm__ volatile("jmp *%0" : : "r"(&the));
}

static void do_undefined(void)
{
	__asm__ volatile("ud2");
}

static void do_privileged(void)
{
	__asm__ volatile("cli");
}

static void do_trap(void)
{
	__asm__ volatile("int3");
}

static void (*const kinds[])(void) = { divide_by_zero, divide_float,	load_nothing,
				       store_to_code,  jump_to_nothing, jump_to_data,
				       do_undefined,   do_privileged,	do_trap };
#define KINDS (sizeof(kinds) / sizeof(*kinds))

/* Each fault leads here, on the entry's stack and at level 0. */
static void go_on(void)
{
	if (the.next == KINDS)
		_CPU_Virtual_exec_stop_error(43);
	kinds[the.next++]();
	_CPU_Virtual_exec_stop_error(1);
}

static const unsigned long good = 77;

static void handler(struct jumpslot_fault *fault)
{
	print_number("kind", fault->kind);
	print_number("levels", fault->level * 16 + _CPU_Virtual_Interrupts_get_level());
	if (fault->address < 0x10000)
		print_number("address", fault->address);
	/* They are the interrupted code's again, after this. */
	__asm__ volatile("fninit\n\tpxor %%xmm3, %%xmm3" : : : "xmm3");
	fault->si = (uintptr_t)&good;
	fault->status = 44;
	fault->decision = (uint32_t)the.decision;
	if (the.decision != GO_ON)
		return;
	fault->decision = JUMPSLOT_FAULT_RETRY;
	fault->level = 0;
	fault->sp = the.stack;
	fault->pc = (uintptr_t)go_on;
}

/* Returns the number that the handler puts in the place of what was to be loaded. */
static int keep_registers(void)
{
	const void *address = (void *)16;
	unsigned long value;
	int ones;
	double one;

	__asm__ volatile("pcmpeqd %%xmm3, %%xmm3\n\tfld1\n\tmov (%1), %0\n\t"
			 "movd %%xmm3, %2\n\tfstpl %3"
			 : "=&a"(value), "+S"(address), "=&r"(ones), "=m"(one)
			 :
			 : "memory", "xmm3");
	return ones == -1 && one == 1 ? (int)value : 1;
}

static __attribute__((__noinline__)) unsigned descend(unsigned depth)
{
	volatile char room[4096];

	room[0] = (char)depth;
	return depth == ~0u ? 0 : descend(depth + 1) + (unsigned)room[0];
}

/* Once by a call, and once by the handler's decision. */
static int restart(volatile unsigned char *area)
{
	static int initial = 5;

	print_number("run", area[0]);
	if (initial++ != 5)
		return 1;
	if (area[0]++ == 0)
		_BSP_Virtual_reset(1);
	if (area[0] == 2)
		divide(0);
	return area[0] + 40;
}

JUMPSLOT_ENTRY(info)
{
	char name[16] = "";

	jumpslot_argument(1, name, sizeof(name));
	the.stack = ((uintptr_t)__builtin_frame_address(0) & ~(uintptr_t)15) - 1024 -
		    sizeof(uintptr_t);
	if (_BSP_Virtual_faulthandler(handler))
		return 2;
	switch (name[0]) {
	case 'k': /* kinds */
		the.decision = GO_ON;
		go_on();
		break;
	case 'r': /* retry, or restart */
		the.decision = name[2] == 't' ? JUMPSLOT_FAULT_RETRY
					      : JUMPSLOT_FAULT_RESTART_WARM;
		return name[2] == 't' ? keep_registers()
				      : restart((void *)(uintptr_t)info->work_area_base);
	case 's': /* stack */
		the.decision = JUMPSLOT_FAULT_STOP;
		return (int)descend(0);
	case 'u': /* undecided */
		divide(0);
		break;
	}
	return 3;
}
