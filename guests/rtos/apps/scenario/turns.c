/* Time slices, preemption, yielding and sleep. */
#include "clock.h"
#include "error.h"
#include "print.h"
#include "scenes.h"
#include "semaphore.h"
#include "stage.h"

/* Three threads of one priority take turns. */
static void works_six(void *unused)
{
	(void)unused;
	work(6);
	say("has had its six ticks");
}

void round_robin(void)
{
	print("round robin, slices of %u ticks\n", THREAD_SLICE);
	start(0, "A", LOW, works_six);
	start(1, "B", LOW, works_six);
	start(2, "C", LOW, works_six);
	finish(3);
}

/* A thread that sleeps is more urgent than one that works. */
static void works_eight(void *unused)
{
	(void)unused;
	work(8);
	say("done");
}

static void sleeps_and_works(void *unused)
{
	(void)unused;
	for (int i = 0; i < 3; i++) {
		clock_sleep(3);
		say("awake");
		work(1);
	}
}

void preemption(void)
{
	print("preemption: H sleeps three ticks, and works one\n");
	start(0, "low", LOW, works_eight);
	start(1, "High", HIGH, sleeps_and_works);
	finish(2);
}

/* Equal threads yield to each other until one of them becomes more urgent. */
static void yields(void *unused)
{
	(void)unused;
	for (int i = 0; i < 3; i++) {
		say("lets others go first");
		thread_yield();
	}
	say("done");
}

static void becomes_urgent(void *unused)
{
	(void)unused;
	say("lets others go first");
	thread_yield();
	thread_set_priority(thread_self(), HIGH);
	say("is more urgent now");
	thread_yield();
	say("done");
}

void yielding(void)
{
	print("yield\n");
	start(0, "A", LOW, yields);
	start(1, "B", LOW, becomes_urgent);
	finish(2);
}

/* Sleeps of several lengths, and a wait that times out. */
void sleepers(void)
{
	static const uint32_t naps[] = { 50, 20, 30 };
	struct semaphore semaphore;

	print("sleep\n");
	semaphore_init(&semaphore, 0);
	for (int i = 0; i < 3; i++) {
		clock_sleep(naps[i]);
		say("awake");
	}
	clock_sleep(0);
	clock_sleep_until(clock_ticks() - 1);
	say("slept for no time");
	say(semaphore_take(&semaphore, 10) == E_TIMEOUT ? "nobody gave anything" : "?");
	finish(0);
}
