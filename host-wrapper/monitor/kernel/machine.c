/* Descriptor tables, control registers, interrupt controllers. See machine.h. */
#include <cpuid.h>
#include <stddef.h>

#include "layout.h"
#include "machine.h"
#include "monitor/calls.h"
#include "port_io.h"
#include "xstate.h"

#define CR0_MONITOR	0x2
#define CR0_EMULATION	0x4
#define CR0_TASK_SWITCH 0x8
#define CR0_NUMERIC	0x20
#define CR0_WRITE	0x10000
#define CR0_ALIGNMENT	0x40000

#define CR4_FXSR   0x200
#define CR4_SIMD   0x400
#define CR4_UMIP   0x800
#define CR4_XSAVE  0x40000
#define CR4_SMEP   0x100000
#define CR4_SMAP   0x200000
#define CPUID_UMIP (1u << 2) /* leaf 7, ECX */
#define CPUID_SMEP (1u << 7) /* leaf 7, EBX */
#define CPUID_SMAP (1u << 20)

#define PIC_MASTER     0x20
#define PIC_SLAVE      0xa0
#define PIC_START      0x11 /* edges, two controllers, four words follow */
#define PIC_8086       0x01
#define PIC_SLAVE_LINE 2
#define PIC_DONE       0x20

#define EXIT_DEVICE 0xf4

/* Descriptors of the guest's code: flat, of level 3. */
#define CODE_32 0x00cffa000000ffff
#define CODE_64 0x00affa000000ffff

extern const char trap_entries[], trap_call[];
extern char kernel_stack_top[], fault_stack_top[];

/* Intel SDM, volume 3, 8.7. */
static struct {
	uint32_t reserved;
	uint64_t stacks[3];
	uint64_t reserved_2;
	uint64_t fault_stacks[7];
	uint64_t reserved_3;
	uint16_t reserved_4;
	uint16_t ports; /* offset of the map of ports: past the end, none is allowed */
} __attribute__((__packed__)) task;

static uint64_t descriptors[7];
static struct {
	uint64_t low, high;
} gates[MONITOR_VECTOR + 1];

/* A descriptor table, as LGDT and LIDT take it. */
struct table {
	uint16_t limit;
	uint64_t base;
} __attribute__((__packed__));

static void set_gate(unsigned vector, const char *entry, unsigned level, unsigned stack)
{
	const uint64_t address = (uint64_t)(uintptr_t)entry;
	const uint64_t type = 0x8e00u | level << 13 | stack;

	gates[vector].low = (address & 0xffff0000u) << 32 | type << 32 |
			    (uint64_t)KERNEL_CODE << 16 | (address & 0xffff);
	gates[vector].high = address >> 32;
}

static void set_gates(void)
{
	/* INT3 and INTO are the guest's own instructions. Double fault, NMI and machine
	   check have a stack of their own. */
	for (unsigned i = 0; i < VECTORS; i++)
		set_gate(i, trap_entries + (size_t)16 * i, i == 3 || i == 4 ? 3 : 0,
			 i == 2 || i == 8 || i == 18);
	set_gate(MONITOR_VECTOR, trap_call, 3, 0);
}

/* Flat segments: the pages tell what a guest may access. */
static void set_descriptors(void)
{
	const uint64_t base = (uint64_t)(uintptr_t)&task;

	descriptors[KERNEL_CODE / 8] = 0x00af9a000000ffff;
	descriptors[KERNEL_DATA / 8] = 0x00cf92000000ffff;
	descriptors[GUEST_DATA / 8] = 0x00cff2000000ffff;
	descriptors[TASK_STATE / 8] = (base & 0xff000000) << 32 | 0x0000890000000000 |
				      (base & 0xffffff) << 16 | (sizeof(task) - 1);
	descriptors[TASK_STATE / 8 + 1] = base >> 32;
}

static void load_tables(void)
{
	const struct table global = { sizeof(descriptors) - 1,
				      (uint64_t)(uintptr_t)descriptors };
	const struct table interrupts = { sizeof(gates) - 1, (uint64_t)(uintptr_t)gates };

	task.ports = sizeof(task);
	task.fault_stacks[0] = (uint64_t)(uintptr_t)fault_stack_top;
	__asm__ volatile("lgdt %0; lidt %1; lldt %w2; ltr %w3; mov %4, %%ss"
			 :
			 : "m"(global), "m"(interrupts), "r"(0), "r"(TASK_STATE),
			   "r"(KERNEL_DATA));
}

static uint64_t read_cr0(void)
{
	uint64_t value;

	__asm__ volatile("mov %%cr0, %0" : "=r"(value));
	return value;
}

static uint64_t read_cr4(void)
{
	uint64_t value;

	__asm__ volatile("mov %%cr4, %0" : "=r"(value));
	return value;
}

static uint64_t protection_bits(void)
{
	uint32_t a, b = 0, c = 0, d;

	if (!__get_cpuid_count(7, 0, &a, &b, &c, &d))
		return 0;
	return (b & CPUID_SMEP ? CR4_SMEP : 0u) | (b & CPUID_SMAP ? CR4_SMAP : 0u) |
	       (c & CPUID_UMIP ? CR4_UMIP : 0u);
}

static void set_control_registers(void)
{
	const uint64_t cr0 = read_cr0() & ~(uint64_t)(CR0_EMULATION | CR0_TASK_SWITCH);
	const uint64_t cr4 =
		read_cr4() | CR4_FXSR | CR4_SIMD | CR4_XSAVE | protection_bits();

	__asm__ volatile(
		"mov %0, %%cr0"
		:
		: "r"(cr0 | CR0_MONITOR | CR0_NUMERIC | CR0_WRITE | CR0_ALIGNMENT));
	__asm__ volatile("mov %0, %%cr4" : : "r"(cr4));
}

static void start_controller(uint16_t port, uint8_t first_vector, uint8_t other,
			     uint8_t masked)
{
	port_write(port, PIC_START);
	port_write(port + 1, first_vector);
	port_write(port + 1, other);
	port_write(port + 1, PIC_8086);
	port_write(port + 1, masked);
}

const char *machine_start(void)
{
	if (!xstate_is_supported())
		return "the processor lacks XSAVE, or XGETBV with ECX = 1";
	set_descriptors();
	set_gates();
	load_tables();
	set_control_registers();
	xstate_start();
	start_controller(PIC_MASTER, VECTOR_LINES, 1u << PIC_SLAVE_LINE,
			 (uint8_t) ~(1u << LINE_TIMER | 1u << LINE_CONSOLE));
	start_controller(PIC_SLAVE, VECTOR_LINES + 8, PIC_SLAVE_LINE, 0xff);
	return NULL;
}

void machine_set_guest(void *trap_stack_end, bool is_64_bit)
{
	task.stacks[0] = (uint64_t)(uintptr_t)trap_stack_end;
	descriptors[GUEST_CODE / 8] = is_64_bit ? CODE_64 : CODE_32;
}

void machine_line_done(unsigned line)
{
	/* Lines 7 and 15 are not open: they only interrupt for nothing, and an
	   acknowledgement would be another line's. */
	if (line < 7)
		port_write(PIC_MASTER, PIC_DONE);
}

void machine_end(bool has_exit_device)
{
	if (has_exit_device)
		__asm__ volatile("outl %0, %1" : : "a"(0), "Nd"((uint16_t)EXIT_DEVICE));
	for (;;)
		__asm__ volatile("cli; hlt");
}
