/* Priority inversion, inheritance, and priorities that change during a wait. */
#include "clock.h"
#include "error.h"
#include "mutex.h"
#include "print.h"
#include "scenes.h"
#include "semaphore.h"
#include "stage.h"

/* Low holds what High needs, and medium delays low: with and without inheritance. */
static struct mutex mutex;
static struct semaphore semaphore;

static void low_with_mutex(void *unused)
{
	(void)unused;
	mutex_lock(&mutex, FOR_EVER);
	work(4);
	mutex_unlock(&mutex);
	work(2);
}

static void high_with_mutex(void *unused)
{
	(void)unused;
	clock_sleep(1);
	mutex_lock(&mutex, FOR_EVER);
	say("has the mutex");
	mutex_unlock(&mutex);
}

static void low_with_semaphore(void *unused)
{
	(void)unused;
	semaphore_take(&semaphore, FOR_EVER);
	work(4);
	semaphore_give(&semaphore);
	work(2);
}

static void high_with_semaphore(void *unused)
{
	(void)unused;
	clock_sleep(1);
	semaphore_take(&semaphore, FOR_EVER);
	say("has the semaphore");
	semaphore_give(&semaphore);
}

static void medium(void *unused)
{
	(void)unused;
	clock_sleep(2);
	work(8);
}

void inversion(void)
{
	print("a semaphore: medium holds High up, which waits for low\n");
	semaphore_init(&semaphore, 1);
	start(0, "low", LOW, low_with_semaphore);
	start(1, "medium", MEDIUM, medium);
	start(2, "High", HIGH, high_with_semaphore);
	finish(3);
	print("a mutex: low inherits, and medium waits\n");
	mutex_init(&mutex);
	start(0, "low", LOW, low_with_mutex);
	start(1, "medium", MEDIUM, medium);
	start(2, "High", HIGH, high_with_mutex);
	finish(3);
}

/* A chain: the waiting thread is an owner too. High times out after three ticks. */
static struct mutex first, second;

static void owns_first(void *unused)
{
	(void)unused;
	mutex_lock(&first, FOR_EVER);
	work(6);
	say(mutex_lock(&second, 0) == E_DEADLOCK ? "no way round" : "a way round");
	mutex_unlock(&first);
}

static void owns_second(void *unused)
{
	(void)unused;
	mutex_lock(&second, FOR_EVER);
	clock_sleep(1);
	say(mutex_lock(&second, FOR_EVER) == E_DEADLOCK ? "has it already" : "?");
	mutex_lock(&first, FOR_EVER);
	say("has both");
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static void gives_up(void *unused)
{
	(void)unused;
	clock_sleep(2);
	say(mutex_lock(&second, 3) == E_TIMEOUT ? "gave up" : "has it");
}

static void show_priorities(const char *when)
{
	print("%3u %s: first's owner %u, second's owner %u\n", now(), when,
	      workers[0].priority, workers[1].priority);
}

void chain(void)
{
	print("a chain of two owners\n");
	mutex_init(&first);
	mutex_init(&second);
	start(0, "low", LOW, owns_first);
	start(1, "medium", MEDIUM, owns_second);
	start(2, "High", HIGH, gives_up);
	clock_sleep(1);
	show_priorities("at first");
	clock_sleep(2);
	show_priorities("High waits");
	clock_sleep(3);
	show_priorities("High gave up");
	finish(3);
}

/* Two threads wait: after unlocking, the owner inherits from neither of them, and may
 * have to wait itself. */
static void locks_twice(void *unused)
{
	(void)unused;
	for (int i = 0; i < 2; i++) {
		mutex_lock(&mutex, FOR_EVER);
		work(3);
		mutex_unlock(&mutex);
		print("%3u low: its priority is %u\n", now(), thread_self()->priority);
	}
}

static void locks_later(void *unused)
{
	(void)unused;
	for (int i = 0; i < 2; i++) {
		clock_sleep(thread_self()->base_priority == MEDIUM ? 1 : 2);
		mutex_lock(&mutex, FOR_EVER);
		say("has the mutex");
		work(3);
		mutex_unlock(&mutex);
	}
}

void two_wait(void)
{
	print("two wait for a mutex\n");
	mutex_init(&mutex);
	start(0, "low", LOW, locks_twice);
	start(1, "medium", MEDIUM, locks_later);
	start(2, "High", HIGH, locks_later);
	finish(3);
}

/* Priorities that change during a wait: the order of the queue, and inheritance. */
static void takes_semaphore(void *unused)
{
	(void)unused;
	say(semaphore_take(&semaphore, FOR_EVER) ? "?" : "has one");
}

void changed_places(void)
{
	print("priorities that change\n");
	semaphore_init(&semaphore, 0);
	start(0, "A", LOW, takes_semaphore);
	start(1, "B", LOW, takes_semaphore);
	start(2, "C", LOW, takes_semaphore);
	clock_sleep(1);
	thread_set_priority(&workers[2], MEDIUM);
	for (int i = 0; i < 3; i++) {
		semaphore_give(&semaphore);
		clock_sleep(1);
	}
	finish(3);
}

void changed_inheritance(void)
{
	mutex_init(&first);
	mutex_init(&second);
	start(0, "low", LOW, owns_first);
	start(1, "medium", MEDIUM, owns_second);
	clock_sleep(2);
	show_priorities("at first");
	thread_set_priority(&workers[1], HIGH);
	show_priorities("second's is more urgent");
	thread_set_priority(&workers[0], MEDIUM);
	show_priorities("first's has another one");
	thread_kill(&workers[1]);
	show_priorities("second's has ended");
	say(mutex_unlock(&first) == E_OWNER ? "first is not the director's" : "?");
	say(mutex_lock(&second, 0) ? "second is lost" : "second is free");
	mutex_unlock(&second);
	say(thread_join(&workers[0], 1) == E_TIMEOUT ? "first's works on" : "?");
	finish(1);
}
