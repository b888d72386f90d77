/* The interrupt handler, and the checks after each round. See step_rounds.h. */
#include <stddef.h>
#include <jumpslot/virt_cpu.h>
#include "../step/protocol.h"
#include "step_rounds.h"

#define MANY_WRONG 5
#define MANY_TRIES 10
#define FRAMES	   4
#define WAY_BACK   50 /* instructions, at least */

volatile int inside, critical, delivered;

static struct step_control control;
static const struct window *window;
static volatile int handled[JUMPSLOT_VECTORS];
static volatile int depth, most_depth;
static const char *volatile what; /* the error of this round */
static int wrongs;
static uintptr_t wrong_flags;
static uint64_t largest_frame;

/* Frames of interrupts that a signal delivered outside of any handler, in order. */
static volatile struct {
	uint64_t sp;
	uintptr_t at;
} frames[FRAMES];
static volatile unsigned frames_count;

static void tell(enum step_mark mark)
{
	__asm__ volatile("int3" : : "a"(mark), "c"(&control) : "memory");
}

static void check(int is_right, const char *otherwise)
{
	if (!is_right && !what)
		what = otherwise;
}

static uint32_t read_mxcsr(void)
{
	uint32_t value;

	__asm__ volatile("stmxcsr %0" : "=m"(value));
	return value;
}

static uint16_t read_control(void)
{
	uint16_t value;

	__asm__ volatile("fnstcw %0" : "=m"(value));
	return value;
}

static uintptr_t read_flags(void)
{
	uintptr_t value;

	__asm__ volatile("pushf\n\tpop %0" : "=r"(value) : : "memory");
	return value;
}

/* Changes everything that a function may change. */
static void spoil_registers(void)
{
	__asm__ volatile("pcmpeqd %%xmm0, %%xmm0\n\t"
			 "pcmpeqd %%xmm6, %%xmm6\n\t"
			 "pcmpeqd %%xmm7, %%xmm7\n\t"
			 "fldz\n\tfldz\n\tfstp %%st(0)\n\tfstp %%st(0)\n\t"
			 "mov $-1, %%eax\n\tmov %%eax, %%ecx\n\tmov %%eax, %%edx\n\t"
			 "clc"
			 :
			 :
			 : "xmm0", "xmm6", "xmm7", "eax", "ecx", "edx", "cc");
}

static void check_place(const struct jumpslot_interrupt_frame *frame)
{
	check(!inside, "delivered within a host function");
	check(!critical, "delivered where the level was 1");
	check(frame->pc < control.resolver_start || frame->pc >= control.resolver_end,
	      "delivered within the resolver");
	check(!frame->level, "delivered at level 1");
	check(frame->nesting == (uint32_t)depth || window->opens, "the frame's nesting");
	check(__jumpslot_vcpu.level == 1, "the level in a handler");
	check(__jumpslot_vcpu.nesting == frame->nesting + 1, "the nesting in a handler");
}

static void check_entry(void)
{
	check(!(read_flags() & wrong_flags), "direction, trap or alignment flag");
	check((read_mxcsr() & 0xffc0) == 0x1f80, "the handler's MXCSR");
	check(read_control() == 0x37f, "the handler's x87 control word");
}

/* jumpslot_interrupts_deliver() calls the handler, so its frame has no flags. */
static void note_frame(const struct jumpslot_interrupt_frame *frame)
{
	unsigned n = frames_count;

	if (!frame->flags)
		return;
	check(frame->sp > (uintptr_t)frame &&
		      frame->sp - (uintptr_t)frame <= largest_frame,
	      "where the frame is");
	if (frame->nesting || n == FRAMES)
		return;
	frames[n].sp = frame->sp;
	frames[n].at = (uintptr_t)frame;
	frames_count = n + 1;
}

static void handler(int vector, void *frame)
{
	check_entry();
	check_place(frame);
	note_frame(frame);
	delivered++;
	handled[vector]++;
	depth++;
	if (depth > most_depth)
		most_depth = depth;
	if (window->opens)
		_CPU_Virtual_Interrupts_open();
	check(_CPU_Virtual_Irq_ack(vector) == 0, "the acknowledgement");
	if (window->opens == 1)
		_CPU_Virtual_Interrupts_close();
	depth--;
	spoil_registers();
}

/* Checks that no frame lies below one that is no longer in use. */
static void check_stack(void)
{
	for (unsigned i = 1; i < frames_count; i++) {
		check(frames[i].sp > frames[i - 1].at, "the stack has grown");
		check(frames[i].sp != frames[i - 1].sp ||
			      frames[i].at == frames[i - 1].at,
		      "the frame's address");
	}
}

static void expect_count(unsigned vector, int count)
{
	check(handled[vector] >= count, "an interrupt was lost");
	check(handled[vector] <= count, "an interrupt was delivered twice");
}

static int raised(unsigned vector)
{
	int count = 0;

	for (int i = 0; i < STEP_RAISES; i++)
		count += control.vector[i] == vector && control.raised[i];
	return count;
}

static void check_round(int result)
{
	check(result, "registers, or what the window did");
	for (unsigned i = FIRST_VECTOR; i < FIRST_VECTOR + STEP_RAISES; i++)
		expect_count(i, raised(i));
	expect_count(OWN_VECTOR, window->own);
	check_stack();
	check(!__jumpslot_vcpu.level, "the level, at the end");
	check(!__jumpslot_vcpu.nesting, "the nesting, at the end");
	check(!__jumpslot_vcpu.in_service, "in service, at the end");
	check(!depth && !inside, "a call that has not returned");
	check(window->opens || most_depth < 2, "a handler was interrupted");
}

static void reset(void)
{
	__jumpslot_vcpu.level = 0;
	__jumpslot_vcpu.nesting = 0;
	__jumpslot_vcpu.pending = 0;
	__jumpslot_vcpu.in_service = 0;
	for (int i = 0; i < JUMPSLOT_VECTORS; i++)
		handled[i] = 0;
	delivered = depth = most_depth = inside = critical = 0;
	frames_count = 0;
	what = NULL;
	if (window->prepare)
		window->prepare();
}

static void copy_text(char *to, size_t size, const char *from)
{
	size_t i = 0;

	for (; from[i] && i < size - 1; i++)
		to[i] = from[i];
	to[i] = '\0';
}

static void say_wrong(const char *text)
{
	wrongs++;
	copy_text(control.wrong, sizeof(control.wrong), text);
	tell(STEP_WRONG);
}

extern int step_call(int (*function)(void));

static void play_round(uint32_t raises, uint32_t record)
{
	int result;

	reset();
	control.sleeps = (uint32_t)window->sleeps;
	control.raises = raises;
	control.record = record;
	wrong_flags = record ? 0x40400 : 0x40500; /* recording sets the trap flag */
	tell(STEP_BEGIN);
	result = step_call(window->run);
	tell(STEP_END);
	check_round(result);
	if (what)
		say_wrong(what);
}

/* Counts the places after that many interrupts; 0: the places of those are not met. */
static uint32_t record_places(uint32_t raises)
{
	for (int i = 0; i < MANY_TRIES; i++) {
		play_round(raises, 1);
		if (!control.missed)
			return control.places;
	}
	say_wrong("places are not met again");
	return 0;
}

/* Reading the clock takes one of several paths: try again for the recorded one. */
static int meet_place(uint32_t raises)
{
	for (int i = 0; i < MANY_TRIES; i++) {
		play_round(raises, 0);
		if (!control.missed)
			return 1;
	}
	return 0;
}

/* Returns the number of places. */
static uint32_t sweep(uint32_t raises)
{
	uint32_t places = record_places(raises), again = 0;

	for (uint32_t i = 0; i < places && wrongs < MANY_WRONG; i++) {
		control.place[raises] = i;
		if (meet_place(raises + 1))
			continue;
		if (again++ == MANY_TRIES)
			say_wrong("places are not met again");
		places = record_places(raises);
	}
	return places;
}

static void use_vectors(const uint32_t *vectors)
{
	for (int i = 0; i < STEP_RAISES; i++)
		control.vector[i] = FIRST_VECTOR + vectors[i];
}

/* The second vector is higher, lower, or the same. */
static void sweep_pairs(uint32_t places)
{
	static const uint32_t orders[][STEP_RAISES] = { { 0, 1 }, { 1, 0 }, { 0, 0 } };
	uint32_t count = (uint32_t)window->pairs;

	for (uint32_t i = 0; i < count && wrongs < MANY_WRONG; i++) {
		use_vectors(orders[i % 3]);
		control.place[0] = (places - 1) * (i + 1) / count;
		sweep(1);
	}
}

/* The first interrupt comes at the window's end, the second during its return: so the
 * return restarts, twice. Both returns pass the last places of all. */
static void sweep_triples(uint32_t places)
{
	static const uint32_t vectors[STEP_RAISES] = { 0, 1, 2 };

	use_vectors(vectors);
	control.place[0] = places - 1;
	places = record_places(1);
	for (uint32_t i = 1; i <= WAY_BACK && wrongs < MANY_WRONG; i += 2) {
		control.place[1] = places - i;
		sweep(2);
	}
}

void rounds_run(const struct window *next)
{
	uint32_t places;

	window = next;
	wrongs = 0;
	copy_text(control.window, sizeof(control.window), window->name);
	control.vector[0] = FIRST_VECTOR;
	places = sweep(0);
	sweep_pairs(places);
	if (window->triples)
		sweep_triples(places);
}

void rounds_start(uint64_t frame_size)
{
	largest_frame = frame_size;
	control.pending = (uintptr_t)&__jumpslot_vcpu.pending;
	_CPU_Virtual_Set_handler(handler);
	for (int i = 0; i < STEP_RAISES; i++)
		_CPU_Virtual_Irq_request(FIRST_VECTOR + i);
	_CPU_Virtual_Irq_request(OWN_VECTOR);
}
