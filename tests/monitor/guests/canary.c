/*
 * A neighbour that notices everything: it holds known values in its registers and memory,
 * and compares them while its clock interrupts it. Arguments: milliseconds, and the
 * period of its clock in microseconds. Prints its ticks and whether all was intact; ends
 * with status 1 if not.
 */
#include <jumpslot/arguments.h>
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>
#include "number_argument.h"

#ifndef MORE_REGISTERS
#define SET_MORE
#define CHECK_MORE
#endif
#define WORDS	4096
#define PATTERN 0x9e3779b9u

static volatile uint32_t ticks;
static volatile uint32_t missed;
static uint64_t end; /* ticks after that do not count: one more may come */
static uint32_t memory[WORDS];

static void on_interrupt(int vector, void *frame)
{
	(void)frame;
	if (_BSP_Virtual_Clock_read() < end) {
		ticks++;
		missed += _BSP_Virtual_Clock_backlog();
	}
	__asm__ volatile(
		"fld1\n fstp %%st(0)\n pxor %%xmm0, %%xmm0\n pxor %%xmm7, %%xmm7\n"
		" stc\n cld"
		:
		:
		: "cc");
	_CPU_Virtual_Irq_ack(vector);
}

/* Holds values in registers for some thousand instructions. Returns 0 if they stay. */
static uint32_t check_registers(void)
{
	uint32_t wrong;

	__asm__ volatile(
		"mov $0x11111111, %%eax\n mov $0x22222222, %%ebx\n"
		"mov $0x44444444, %%edx\n mov $0x55555555, %%esi\n"
		"mov $0x66666666, %%edi\n" SET_MORE
		"movd %%eax, %%xmm0\n movd %%ebx, %%xmm7\n fldpi\n mov $2000, %%ecx\n"
		"1: dec %%ecx\n jnz 1b\n"
		"cmp $0x11111111, %%eax\n jne 2f\n cmp $0x22222222, %%ebx\n jne 2f\n"
		"cmp $0x44444444, %%edx\n jne 2f\n cmp $0x55555555, %%esi\n jne 2f\n"
		"cmp $0x66666666, %%edi\n jne 2f\n" CHECK_MORE
		"movd %%xmm0, %%ecx\n cmp %%eax, %%ecx\n jne 2f\n"
		"movd %%xmm7, %%ecx\n cmp %%ebx, %%ecx\n jne 2f\n"
		"fldpi\n fcomip %%st(1), %%st\n jne 2f\n xor %%eax, %%eax\n jmp 3f\n"
		"2: mov $1, %%eax\n"
		"3: fninit\n"
		: "=&a"(wrong)
		:
		: "ebx", "ecx", "edx", "esi", "edi", "memory", "cc"
#ifdef MORE_REGISTERS
		  ,
		  MORE_REGISTERS
#endif
	);
	return wrong;
}

static void fill(uint32_t *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		words[i] = (uint32_t)i * PATTERN;
}

static uint32_t compare(const uint32_t *words, size_t count)
{
	uint32_t wrong = 0;

	for (size_t i = 0; i < count; i++)
		wrong += *(const volatile uint32_t *)&words[i] != (uint32_t)i * PATTERN;
	return wrong;
}

static void print(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	_BSP_Virtual_Console_write(text, length);
}

static void print_number(uint32_t value)
{
	char digits[11];
	char *at = digits + sizeof(digits) - 1;

	*at = 0;
	do
		*--at = (char)('0' + value % 10);
	while (value /= 10);
	print(at);
}

JUMPSLOT_ENTRY(info)
{
	uint32_t *work = (uint32_t *)(uintptr_t)info->work_area_base;
	const size_t words = (size_t)info->work_area_size / sizeof(*work);
	const uint64_t period = (uint64_t)number(2, 500) * 1000;
	uint32_t wrong = 0;

	end = (uint64_t)number(1, 100) * 1000000 + period / 2;
	fill(work, words);
	fill(memory, WORDS);
	_CPU_Virtual_Set_handler(on_interrupt);
	_CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK);
	_BSP_Virtual_Clock_init();
	_BSP_Virtual_Clock_periodic(period, period);
	_CPU_Virtual_Interrupts_open();
	while (_BSP_Virtual_Clock_read() < end) {
		wrong += check_registers();
		wrong += compare(work, words) + compare(memory, WORDS);
	}
	_CPU_Virtual_Interrupts_close();
	print(wrong ? "CORRUPT: " : "intact: ");
	print_number(ticks);
	print(" ticks, ");
	print_number(missed);
	print(" missed\n");
	return wrong != 0;
}
