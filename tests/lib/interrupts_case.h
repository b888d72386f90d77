/*
 * For the guests of test_interrupts.py: cases by name, and checks that say which of them
 * failed. Each guest includes it once.
 */
#ifndef INTERRUPTS_CASE_H
#define INTERRUPTS_CASE_H

#include <jumpslot/arguments.h>
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>

#define CLOCK	    JUMPSLOT_VECTOR_CLOCK
#define SOFT	    JUMPSLOT_VECTOR_SOFT
#define MICROSECOND ((uint64_t)1000)
#define MILLISECOND (1000 * MICROSECOND)
#define SECOND	    (1000 * MILLISECOND)

#define EPERM  1
#define EINTR  4
#define EAGAIN 11
#define EBUSY  16
#define EINVAL 22

static inline void print(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	_BSP_Virtual_Console_write(text, length);
}

static inline void print_number(uint64_t number)
{
	char text[21], *at = text + sizeof(text) - 1;

	*at = 0;
	do
		*--at = (char)('0' + (uint32_t)number % 10);
	while (number = (uint32_t)number / 10, number);
	print(at);
}

/* The case fails with what was not true. Only within functions of type int. */
#define STRING_OF(text) #text
#define LINE(line)	STRING_OF(line)
#define CHECK(condition)                                                                 \
	do                                                                               \
		if (!(condition)) {                                                      \
			print(LINE(__LINE__) ": " #condition "\n");                      \
			return 1;                                                        \
		}                                                                        \
	while (0)

/* In a handler, whose case looks at it later. */
static volatile unsigned first_wrong_line;
#define EXPECT(condition)                                                                \
	do                                                                               \
		if (!(condition) && !first_wrong_line)                                   \
			first_wrong_line = __LINE__;                                     \
	while (0)

static inline int nothing_was_wrong(void)
{
	if (first_wrong_line) {
		print("line ");
		print_number(first_wrong_line);
		print(": not as expected\n");
	}
	return !first_wrong_line;
}

/* Until it is true, or something is lost. */
#define REACHES(condition)                                                               \
	({                                                                               \
		uint64_t deadline_ = _BSP_Virtual_Clock_read() + 5 * SECOND;             \
		while (!(condition) && _BSP_Virtual_Clock_read() < deadline_)            \
			;                                                                \
		(condition);                                                             \
	})

/* xorshift; a state of its own for each thread and for the handler. */
static inline uint32_t random_next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* The shortest period that the clock accepts, and at least `wanted`; in ns. A host
 * refuses periods that would leave the guest no time. Stops the clock. */
static inline uint64_t period_of(uint64_t wanted)
{
	while (_BSP_Virtual_Clock_periodic(INT32_MAX * SECOND, wanted) && wanted < SECOND)
		wanted += wanted / 8;
	_BSP_Virtual_Clock_stop();
	return wanted;
}

static inline void spin(uint32_t times)
{
	for (uint32_t i = 0; i < times; i++)
		__asm__ volatile("" : "+r"(i));
}

/* Argument `index` as a number, 0 if there is none. */
static inline uint32_t number_argument(int index)
{
	char text[32] = "";
	uint32_t number = 0;

	jumpslot_argument(index, text, sizeof(text));
	for (const char *at = text; *at; at++)
		number = 10 * number + (uint32_t)(*at - '0');
	return number;
}

struct test_case {
	const char *name;
	int (*run)(void);
};

static inline int is_same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

/* Runs the case that the first argument names; returns the guest's exit status. */
static inline int run_case(const struct test_case *cases, size_t count)
{
	char name[32] = "";

	jumpslot_argument(1, name, sizeof(name));
	for (size_t i = 0; i < count; i++)
		if (is_same(name, cases[i].name))
			return cases[i].run() || !nothing_was_wrong();
	print("no such case\n");
	return 2;
}

#endif
