/* Both clocks, and one kernel timer. See clock.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include <jumpslot/provider.h>
#include <jumpslot/virt_cpu.h>

#include "clock.h"
#include "clock_periods.h"
#include "current.h"
#include "host.h"
#include "services.h"
#include "vcpu/vcpu.h"

static struct {
	clockid_t id;	     /* of the clock that advances the guest's */
	uint64_t started;    /* on that clock */
	uint64_t skipped;    /* idle time, ns */
	uint64_t resolution; /* of the kernel's timers, ns */
	timer_t timer;
	bool has_timer;
	volatile bool armed; /* its signal may come, or be pending */
	volatile bool periodic;
	volatile uint32_t setting;    /* calls of set_timer() in progress */
	volatile uint32_t each;	      /* periods from one signal to the next */
	volatile bool is_first;	      /* the next signal is the first, of one period */
	struct clock_periods periods; /* of the guest's clock */
	/* The timer's signal may come while one of these functions changes `periods`. */
	volatile bool locked;
	volatile bool expired;
} the = { .each = 1 };

/* An interrupt, its acknowledgement and each sleep look at the guest's own clock. */
JUMPSLOT_STATE(guest_clock, "(guest_clock)", JUMPSLOT_NEEDS_CLOCK)

static bool is_guests(void)
{
	return current->plan->options & PLAN_CLOCK_GUEST;
}

static uint64_t read_clock(void)
{
	struct timespec time;

	clock_gettime(the.id, &time);
	return (uint64_t)time.tv_sec * SERVICES_SECOND + (uint64_t)time.tv_nsec;
}

static void find_resolution(void)
{
	struct timespec resolution;

	clock_getres(CLOCK_MONOTONIC, &resolution);
	the.resolution = (uint64_t)resolution.tv_nsec;
}

int clock_start(struct message *message)
{
	int error = is_guests() ? pthread_getcpuclockid(pthread_self(), &the.id) : 0;

	if (error)
		return fail(message, error, "--clock guest: %s", strerror(error));
	if (!is_guests())
		the.id = CLOCK_MONOTONIC;
	find_resolution();
	the.started = read_clock();
	return 0;
}

uint64_t clock_now(void)
{
	return read_clock() - the.started + the.skipped;
}

int clock_timer_create(void)
{
	struct sigevent event;

	if (the.has_timer)
		return 0;
	host_timer_event(&event);
	if (timer_create(CLOCK_MONOTONIC, &event, &the.timer))
		return -errno;
	the.has_timer = true;
	return 0;
}

bool clock_is_armed(void)
{
	return the.armed;
}

/* The timer counts as armed before it is. A signal that comes meanwhile may be that of
 * the previous time, so note_expiry() ignores it: the timer may count as armed too long,
 * but never too short. */
static int set_timer(int flags, uint64_t value, uint64_t interval)
{
	const struct itimerspec time = {
		.it_value = services_timespec(value),
		.it_interval = services_timespec(interval),
	};
	int error;

	__atomic_fetch_add(&the.setting, 1, __ATOMIC_SEQ_CST);
	the.armed = true;
	the.periodic = interval;
	error = timer_settime(the.timer, flags, &time, NULL) ? -errno : 0;
	__atomic_fetch_sub(&the.setting, 1, __ATOMIC_SEQ_CST);
	return error;
}

/* The timer's signal has come. */
static void note_expiry(void)
{
	if (!the.setting && !the.periodic)
		the.armed = false;
}

static bool is_busy(void)
{
	const uint64_t clock = 1u << JUMPSLOT_VECTOR_CLOCK;

	return (vcpu.state->pending | vcpu.state->in_service) & clock;
}

static void look_again_after(uint64_t wait)
{
	if (wait != CLOCK_NEVER)
		set_timer(0, wait, 0);
}

/* Raises the vector if a period is due. Returns the time until the next look, for which
 * it sets the timer. */
static uint64_t look(void)
{
	uint64_t wait = clock_periods_look(&the.periods, clock_now(), is_busy());

	if (wait == CLOCK_RAISE) {
		vcpu_raise_clock(1);
		wait = clock_periods_look(&the.periods, clock_now(), is_busy());
	}
	look_again_after(wait);
	return wait;
}

static void lock(void)
{
	the.locked = true;
	__asm__ volatile("" : : : "memory");
}

/* The signal that came meanwhile comes again. */
static void unlock(void)
{
	__asm__ volatile("" : : : "memory");
	the.locked = false;
	if (the.expired) {
		the.expired = false;
		look_again_after(1);
	}
}

static uint32_t periods_of(uint32_t signals)
{
	const uint32_t first = the.is_first ? the.each - 1 : 0;

	the.is_first = false;
	return signals * the.each - first;
}

void clock_expired(uint32_t signals)
{
	note_expiry();
	if (!is_guests())
		vcpu_raise_clock(periods_of(signals));
	else if (the.locked)
		the.expired = true;
	else
		look();
}

/* Delivers what came meanwhile. */
static void restore_level(uint32_t level)
{
	vcpu_set_level(level);
	jumpslot_interrupts_deliver();
}

static int set_guests(uint64_t at, uint64_t period)
{
	uint64_t past;

	lock();
	past = clock_periods_set(&the.periods, clock_now(), at, period);
	__atomic_fetch_add(&vcpu.state->missed, (uint32_t)past, __ATOMIC_RELAXED);
	unlock();
	look_again_after(1);
	return 0;
}

/*
 * A kernel without high-resolution timers lengthens an interval that is shorter than its
 * resolution, and counts only the longer ones. So a signal stands for several periods
 * there. No signal of the previous setting comes when the timer is stopped.
 */
static int set_hosts(uint64_t at, uint64_t period)
{
	const bool is_short = period && period < the.resolution;
	const uint64_t each = is_short ? (the.resolution - 1) / period + 1 : 1;

	if (each != the.each || is_short)
		set_timer(0, 0, 0);
	the.each = (uint32_t)each;
	the.is_first = true;
	return set_timer(TIMER_ABSTIME, the.started + at, period * each);
}

int clock_timer_set(uint64_t at, uint64_t period)
{
	uint32_t level;
	int error;

	if (!the.has_timer)
		return -EINVAL;
	level = vcpu_close(); /* a handler may set the clock as well */
	error = is_guests() ? set_guests(at, period) : set_hosts(at, period);
	restore_level(level);
	return error;
}

int clock_timer_stop(void)
{
	uint32_t level;
	int error;

	if (!the.has_timer)
		return -EINVAL;
	level = vcpu_close();
	clock_periods_stop(&the.periods);
	error = set_timer(0, 0, 0);
	/* A signal that was pending has come by now. */
	if (!error && !the.setting)
		the.armed = false;
	restore_level(level);
	return error;
}

void clock_acknowledged(void)
{
	if (!is_guests())
		return;
	lock();
	clock_periods_acknowledged(&the.periods, clock_now());
	unlock();
}

/* Advances the guest's clock to `target`. */
static void skip_to(uint64_t target)
{
	const uint64_t now = clock_now();

	if (target > now)
		the.skipped += target - now;
}

/* At level 1, so that no handler changes the clock meanwhile. */
static enum clock_idle skip(uint64_t deadline)
{
	uint64_t wait = look(), now = clock_now(), next = CLOCK_NEVER;

	if (vcpu_has_deliverable())
		return CLOCK_AWAKE;
	/* A vector that is busy is not raised, however long the guest waits. */
	if (wait != CLOCK_NEVER && !is_busy())
		next = now + wait;
	if (next >= deadline)
		next = deadline;
	if (next == CLOCK_NEVER)
		return CLOCK_SLEEP;
	skip_to(next);
	look();
	return next == deadline ? CLOCK_DEADLINE : CLOCK_AWAKE;
}

enum clock_idle clock_skip(uint64_t deadline, uint32_t delivered)
{
	enum clock_idle result = CLOCK_AWAKE;

	if (!is_guests())
		return CLOCK_SLEEP;
	if (deadline > INT64_MAX) /* centuries, as on the host's clock: no deadline */
		deadline = CLOCK_NEVER;
	vcpu_close();
	lock();
	if (delivered == vcpu.delivered)
		result = skip(deadline);
	unlock();
	restore_level(0);
	return result;
}

uint64_t clock_sleeps_until(uint64_t deadline)
{
	if (is_guests() || deadline >= INT64_MAX - the.started)
		return INT64_MAX;
	return deadline + the.started;
}
