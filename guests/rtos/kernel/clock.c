/* Ticks, timeouts in order, and the way to do without ticks. See clock.h. */
#include "clock.h"
#include "cpu.h"
#include "error.h"
#include "interrupt.h"
#include "kernel.h"
#include "thread.h"

/* A long time to make up for keeps other interrupts out for so many ticks at most. */
#define OTHERS_EVERY 256

static uint32_t ticks, rate, missed;
static struct list timeouts = { &timeouts, &timeouts }; /* the next one first */
static bool tickless, held_off;

uint32_t (*clock_count_hook)(uint32_t periods);

uint32_t clock_ticks(void)
{
	return *(volatile uint32_t *)&ticks;
}

uint32_t clock_rate(void)
{
	return rate;
}

uint32_t clock_missed(void)
{
	return *(volatile uint32_t *)&missed;
}

bool clock_is_tickless(void)
{
	return tickless;
}

/* Ticks from now until then; what is past counts as a huge number of them. */
static uint32_t ticks_until(uint32_t tick)
{
	return tick - ticks;
}

static struct wait *first_timeout(void)
{
	return list_is_empty(&timeouts) ? NULL
					: LIST_ENTRY(timeouts.next, struct wait, timeout);
}

uint32_t clock_next_timeout(void)
{
	struct wait *first = first_timeout();

	return first ? ticks_until(first->until) : UINT32_MAX;
}

void clock_add_timeout(struct wait *wait, uint32_t ticks_from_now)
{
	wait->until = ticks + ticks_from_now;
	LIST_FOR_EACH(link, &timeouts)
	{
		if (ticks_until(LIST_ENTRY(link, struct wait, timeout)->until) >
		    ticks_from_now) {
			list_insert_before(link, &wait->timeout);
			return;
		}
	}
	list_append(&timeouts, &wait->timeout);
}

static void tick(void)
{
	struct wait *first;

	ticks++;
	thread_tick();
	while ((first = first_timeout()) && first->until == ticks)
		wait_end(LIST_ENTRY(first, struct thread, wait), E_TIMEOUT);
}

static void catch_up(void)
{
	uint32_t periods = cpu_clock_periods();

	missed += cpu_clock_missed();
	held_off = false;
	if (clock_count_hook)
		periods = clock_count_hook(periods);
	while (periods--) {
		tick();
		if (periods % OTHERS_EVERY == OTHERS_EVERY - 1)
			cpu_interrupts_flash();
	}
}

void clock_hold_off(void)
{
	uint32_t periods = clock_next_timeout();

	if (!held_off && periods > 1)
		held_off = cpu_clock_skip(periods);
}

void clock_end_hold_off(void)
{
	if (held_off)
		catch_up();
}

static void clock_interrupt(int vector)
{
	(void)vector;
	catch_up();
}

void clock_start(uint32_t rate_wanted, bool wants_tickless)
{
	if (rate_wanted < CLOCK_RATE_MIN || rate_wanted > CLOCK_RATE_MAX)
		kernel_panic("%u ticks a second", (unsigned)rate_wanted);
	rate = rate_wanted;
	tickless = wants_tickless;
	interrupt_connect(CPU_VECTOR_CLOCK, clock_interrupt);
	cpu_clock_start(rate);
}

void clock_sleep_until(uint32_t tick)
{
	uint32_t level = cpu_interrupts_disable();

	if ((int32_t)(tick - ticks) > 0)
		wait_in(NULL, ticks_until(tick));
	cpu_interrupts_enable(level);
}

void clock_sleep(uint32_t ticks_from_now)
{
	clock_sleep_until(clock_ticks() + ticks_from_now);
}
