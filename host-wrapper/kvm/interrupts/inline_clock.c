/* Keeps the time inside. See inline_clock.h. */
#include <stdbool.h>

#include <jumpslot/provider.h>

#include "common/plan.h"
#include "inline_clock.h"
#include "kvm/faults/end.h"
#include "kvm/inside/block.h"
#include "runner/clock.h"
#include "runner/current.h"
#include "runner/plan_read.h"

/* The rate is known when the guest has run for a while, and then better and better. */
#define LEAST_SPAN UINT64_C(1000000)	/* ns */
#define MOST_SPAN  UINT64_C(1000000000) /* times 2^32 has to fit into 64 bits */

/* The guest goes on by itself for so long. The rate is low by this part of it: more than
 * a short measurement errs, or a clock that is being set. */
#define VALID_FOR UINT64_C(1000000) /* ns */
#define SLOWER	  1024

/* The two values of a moment are close if they are not further apart than the closest at
 * the start, times NEAR. A preemption between them is further. */
#define NEAR	 16
#define ATTEMPTS 4

struct moment {
	uint64_t before; /* the counter */
	uint64_t now;	 /* ns */
	uint64_t counter;
};

static struct {
	bool is_used;	 /* the guest reads the clock, and its counter was never wrong */
	bool is_checked; /* the guest has shown its counter */
	bool is_written; /* the guest uses `last` */
	struct moment first; /* that the rate is measured from */
	struct moment last;  /* that was written */
	uint64_t span;	     /* ns, of the measurement */
	uint64_t rate;	     /* as in struct inside_clock; 0: not known yet */
	uint64_t valid_for;  /* counts */
	uint64_t near;	     /* counts */
} the;

/* Returns the distance of its values. Time inside goes on from the later counter, so it
 * is never ahead. */
static uint64_t take(struct moment *moment)
{
	moment->before = __builtin_ia32_rdtsc();
	moment->now = clock_now();
	moment->counter = __builtin_ia32_rdtsc();
	return moment->counter - moment->before;
}

static bool take_near(struct moment *moment)
{
	for (unsigned i = 0; i < ATTEMPTS; i++)
		if (take(moment) <= the.near)
			return true;
	return false;
}

static void take_first(void)
{
	uint64_t nearest = UINT64_MAX;
	struct moment moment;

	for (unsigned i = 0; i < ATTEMPTS; i++) {
		const uint64_t distance = take(&moment);

		if (distance < nearest) {
			nearest = distance;
			the.first = moment;
		}
	}
	the.near = nearest * NEAR;
}

static void show(const struct moment *moment, bool is_valid)
{
	volatile struct inside_clock *clock = &block_words()->clock;

	the.last = *moment;
	the.is_written = is_valid;
	clock->counter = moment->counter;
	clock->now = moment->now;
	clock->rate = the.rate;
	clock->valid_for = is_valid ? the.valid_for : 0;
	clock->written++;
}

static void stop_using(void)
{
	the.is_used = false;
	show(&the.last, false);
}

void inline_clock_start(void)
{
	/* The guest's own clock stands still with its thread, and the counter does not.
	 */
	the.is_used = plan_imports_name(current->plan, "_BSP_Virtual_Clock_read") &&
		      !(current->plan->options & PLAN_CLOCK_GUEST);
	if (the.is_used)
		take_first();
}

/* Each measurement takes twice as long as the one before. */
static void measure(const struct moment *moment)
{
	const uint64_t span = moment->now - the.first.now;
	const uint64_t counts = moment->counter - the.first.counter;

	if (span < LEAST_SPAN || span < 2 * the.span || span > MOST_SPAN || !counts)
		return;
	the.span = span;
	the.rate = (span << INSIDE_RATE_SHIFT) / counts;
	the.rate -= the.rate / SLOWER;
	/* VALID_FOR has fewer bits than a second. */
	the.valid_for = (VALID_FOR << INSIDE_RATE_SHIFT) / the.rate;
}

/* Whether the guest may have read a later time than it is now. */
static bool was_ahead(const struct moment *moment)
{
	const uint64_t since = moment->before - the.last.counter;

	return the.is_written && since < the.valid_for &&
	       the.last.now + (since * the.rate >> INSIDE_RATE_SHIFT) > moment->now;
}

void inline_clock_write(void)
{
	struct moment moment;
	bool is_near;

	if (!the.is_used)
		return;
	is_near = take_near(&moment);
	if (was_ahead(&moment)) {
		stop_using();
		return;
	}
	if (is_near)
		measure(&moment);
	show(&moment, is_near && the.is_checked && the.rate);
}

/* The guest has read its counter since the start, and before now. */
static void check(uint64_t counter)
{
	const uint64_t run = __builtin_ia32_rdtsc() - the.first.counter;

	if (counter - the.first.counter <= run)
		the.is_checked = true;
	else
		stop_using();
}

void inline_clock_read(uintptr_t argument)
{
	struct inside_clock_read read;

	if (jumpslot_guest_copy_in(&read, (void *)argument, sizeof(read)))
		end_by_doorbell(argument);
	if (the.is_used)
		check(read.counter);
	read.now = clock_now();
	if (jumpslot_guest_copy_out((void *)argument, &read, sizeof(read)))
		end_by_doorbell(argument);
}
