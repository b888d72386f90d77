/*
 * A hostile guest: at random, from the seed in its first argument, it does everything
 * that a guest can reach. It runs random bytes, writes to random addresses,
 * to the data of the monitor's runtime and to its own state page, calls the runtime at
 * random addresses, and answers faults and interrupts with nonsense. A second argument is
 * the number of acts after which it ends with status 0.
 */
#include <jumpslot/arguments.h>
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>
#include "number_argument.h"

#define CODE	   0x8000 /* bytes at random_code */
#define RUNTIME	   0xbf800000u
#define RUNTIME_TO 0x2000u
#define VARIABLES  0xbf810000u
#define PATIENCE   3 /* interrupts that one act may take */

static uint32_t state;
static void *place[5]; /* where an act that went wrong is given up */
static uintptr_t stack_top;
static volatile uint32_t ticks;

/* Random bytes, with calls of the monitor and far returns in between. */
__asm__("	.text\n"
	"	.globl	random_code\n"
	"random_code:\n"
	"	.set	x, 12345\n"
	"	.rept	1024\n"
	"	.rept	26\n"
	"	.set	x, (x * 1103515245 + 12345) & 0x7fffffff\n"
	"	.byte	(x >> 16) & 255\n"
	"	.endr\n"
	"	int	$0x80\n"
	"	.byte	0xcf, 0x0f, 0x05, 0xcb\n"
	"	.endr\n");
extern const uint8_t random_code[];

static uint32_t next(void)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static uint32_t below(uint32_t limit)
{
	return next() % limit;
}

/* An address at an edge, or anything. */
static uintptr_t any(void)
{
	static const uintptr_t edges[] = {
		0,
		1,
		0xfff,
		0x1000,
		0x8048000,
		0x400000,
		0x7fffffff,
		0x80000000,
		0xbeffffff,
		0xbf000000,
		0xbf3f0000,
		0xbf400000,
		0xbf7fffff,
		0xbf800000,
		0xbf80fff8,
		0xbf810000,
		0xbf900000,
		0xc0000000,
		0xfffff000,
		(uintptr_t)-1,
		(uintptr_t)-4096,
		(uintptr_t)1 << 31,
	};
	const uint32_t kind = below(sizeof(edges) / sizeof(*edges) + 5);

	if (kind < sizeof(edges) / sizeof(*edges))
		return edges[kind] + (below(4) ? 0 : below(16));
	switch (kind - sizeof(edges) / sizeof(*edges)) {
	case 0: /* the kernel, and the window, of a 64-bit guest */
		return (uintptr_t)0xffffffff80200000 + below(0x40000);
	case 1:
		return (uintptr_t)0xffff800000000000 + below(0x4000000);
	case 2:
		return (uintptr_t)&state;
	case 3:
		return RUNTIME + below(RUNTIME_TO);
	default:
		return (uintptr_t)next() << (below(2) ? 0 : sizeof(uintptr_t) * 4);
	}
}

static void give_up(void)
{
	__builtin_longjmp(place, 1);
}

static void on_interrupt(int vector, void *frame)
{
	ticks++;
	if (!below(16))
		((volatile uintptr_t *)frame)[below(120)] = any();
	if (below(8))
		_CPU_Virtual_Irq_ack(vector);
	if (ticks < PATIENCE)
		return;
	_CPU_Virtual_Irq_ack(vector);
	give_up();
}

static void on_fault(struct jumpslot_fault *fault)
{
	const uint32_t kind = below(64);

	fault->decision = JUMPSLOT_FAULT_RETRY;
	if (kind == 0)
		fault->decision = next();
	else if (kind == 1)
		fault->decision = JUMPSLOT_FAULT_RESTART_WARM;
	else if (kind == 2)
		fault->decision = JUMPSLOT_FAULT_RESTART_COLD;
	if (kind < 12) {
		fault->pc += below(8);
		return;
	}
	if (kind < 16)
		((volatile uint64_t *)fault)[below(sizeof(*fault) / 8)] = any();
	if (kind < 18)
		return;
	fault->pc = (uintptr_t)give_up;
	fault->sp = stack_top;
	fault->flags = below(8) ? 2 : next();
	fault->level = below(2);
}

typedef uintptr_t anything(uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t);

static void call(uintptr_t target)
{
	((anything *)target)(any(), any(), any(), any(), any());
}

static void store(uintptr_t address)
{
	*(volatile uintptr_t *)address = any();
}

static void use_services(void)
{
	switch (below(9)) {
	case 0:
		_BSP_Virtual_Console_error((const char *)any(), below(64));
		break;
	case 1:
		_BSP_Virtual_Clock_periodic(next(), 10000 + below(1000000));
		break;
	case 2:
		_BSP_Virtual_Clock_oneshot(any());
		break;
	case 3:
		_BSP_Virtual_getworkspacearea((void **)any(), (size_t *)any());
		break;
	case 4:
		_CPU_Virtual_Irq_raise((int)any());
		break;
	case 5:
		_CPU_Virtual_Set_handler(below(4) ? on_interrupt
						  : (void (*)(int, void *))any());
		break;
	case 6:
		_BSP_Virtual_faulthandler(
			below(8) ? on_fault : (void (*)(struct jumpslot_fault *))any());
		break;
	case 7:
		jumpslot_argument((int)any(), (char *)any(), any());
		break;
	case 8:
		_CPU_Virtual_Wait_for_event(_BSP_Virtual_Clock_read() + below(200000));
		break;
	}
}

static void use_processor(void)
{
	switch (below(5)) {
	case 0:
		__asm__ volatile("mov %0, %%ds" : : "r"(below(128)));
		break;
	case 1:
		__asm__ volatile("mov %0, %%fs\n mov %0, %%gs" : : "r"(below(128)));
		break;
	case 2:
		__asm__ volatile("push %0\n popf" : : "r"((uintptr_t)next()) : "cc");
		break;
	case 3:
		__asm__ volatile("fldcw %0\n fld1\n fdiv %%st, %%st(1)" : : "m"(state));
		break;
	case 4:
		__asm__ volatile("int $0x80" : : "a"(any()), "c"(any()), "d"(any()));
		break;
	}
}

static void act(const struct jumpslot_start_info *info)
{
	switch (below(9)) {
	case 0:
	case 1:
		call((uintptr_t)random_code + below(CODE));
		break;
	case 2:
		call(RUNTIME + below(RUNTIME_TO));
		break;
	case 3:
		store(any());
		break;
	case 4:
		store(VARIABLES + below(256) * sizeof(uintptr_t));
		break;
	case 5:
		store((uintptr_t)info->vcpu_state + below(32) * sizeof(uintptr_t));
		break;
	case 6:
		use_services();
		break;
	case 7:
		use_processor();
		break;
	case 8:
		_CPU_Virtual_Interrupts_open();
		break;
	}
}

static void prepare(void)
{
	_BSP_Virtual_faulthandler(on_fault);
	_CPU_Virtual_Set_handler(on_interrupt);
	_CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK);
	_CPU_Virtual_Irq_request(16);
	_BSP_Virtual_Clock_init();
	_BSP_Virtual_Clock_periodic(0, 50000);
}

JUMPSLOT_ENTRY(info)
{
	static volatile uint32_t done;
	static uint32_t acts;

	state = number(1, 1) * 2654435761u + (uint32_t)_BSP_Virtual_Clock_read();
	state |= 1;
	acts = number(2, 0);
	stack_top = (uintptr_t)__builtin_frame_address(0) - 0x2000;
	stack_top -= stack_top % 16;
	prepare();
	while (!acts || done < acts) {
		done++;
		ticks = 0;
		if (!__builtin_setjmp(place))
			act(info);
		__asm__ volatile("cld\n fninit" : : : "cc");
		if (!below(32))
			prepare();
	}
	_CPU_Virtual_exec_stop_error(0);
	return 0;
}
