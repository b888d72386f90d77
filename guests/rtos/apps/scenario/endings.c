/* Threads that end: by a fault, or killed by another thread. */
#include "clock.h"
#include "error.h"
#include "mutex.h"
#include "print.h"
#include "scenes.h"
#include "stage.h"

static struct mutex mutex;

/* A fault ends only its thread; the next waiting thread gets the mutex. */
static void divides(void *unused)
{
	volatile int zero = 0;

	(void)unused;
	mutex_lock(&mutex, FOR_EVER);
	work(2);
	print("%u\n", clock_ticks() / (unsigned)zero);
}

static void waits_for_mutex(void *unused)
{
	(void)unused;
	clock_sleep(1);
	mutex_lock(&mutex, FOR_EVER);
	say("has what the other one had");
	mutex_unlock(&mutex);
}

static void is_illegal(void *unused)
{
	(void)unused;
	__asm__ volatile(
		"std\n\tud2"); /* other threads do not inherit the direction flag */
}

void faults(void)
{
	print("faults\n");
	mutex_init(&mutex);
	start(0, "divides", LOW, divides);
	start(1, "waits", HIGH, waits_for_mutex);
	start(2, "illegal", LOW, is_illegal);
	finish(3);
}

/* Killed during work and during sleep, and started again. */
static void works_for_ever(void *unused)
{
	(void)unused;
	mutex_lock(&mutex, FOR_EVER);
	say("started");
	rest();
	work(1000);
}

static void sleeps_for_ever(void *unused)
{
	(void)unused;
	clock_sleep(1000);
}

void kills(void)
{
	print("kill and restart\n");
	start(1, "sleeps", MEDIUM, sleeps_for_ever);
	for (int i = 0; i < 2; i++) {
		start(0, "works", LOW, works_for_ever);
		clock_sleep(3);
		thread_kill(&workers[0]);
		say(mutex_lock(&mutex, 0) ? "the mutex is lost" : "the mutex is free");
		mutex_unlock(&mutex);
	}
	thread_kill(&workers[1]);
	say(thread_join(thread_self(), FOR_EVER) == E_DEADLOCK ? "waits not for itself"
							       : "?");
	finish(2);
}
