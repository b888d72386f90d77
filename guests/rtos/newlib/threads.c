/*
 * See threads.h. newlib keeps errno, conversion buffers and the like in a structure at
 * _impure_ptr: each thread gets its own and never frees it. A mutex protects malloc().
 * newlib requires recursive locks: mutex_lock() returns E_DEADLOCK to the owner, and
 * `depth` counts.
 */
#include <errno.h>
#include <reent.h>
#include <stdlib.h>

#include "mutex.h"
#include "panic.h"
#include "sched.h"
#include "thread.h"
#include "threads.h"

static struct mutex memory;
static unsigned depth; /* locks that the owner of the mutex holds */

static void switch_to(struct thread *next)
{
	_impure_ptr = next->data ? next->data : (struct _reent *)_global_impure_ptr;
}

void newlib_init(void)
{
	mutex_init(&memory);
	sched_switch_hook = switch_to;
}

void newlib_attach_thread(void)
{
	struct _reent *reent = malloc(sizeof(*reent));

	if (!reent)
		kernel_panic("%s: out of memory for newlib's data", thread_self()->name);
	_REENT_INIT_PTR(reent);
	thread_self()->data = reent;
	_impure_ptr = reent;
}

/* newlib's malloc.h declares these for the system to define. */
void __malloc_lock(struct _reent *reent);
void __malloc_unlock(struct _reent *reent);

void __malloc_lock(struct _reent *reent)
{
	(void)reent;
	if (!mutex_lock(&memory, WAIT_FOREVER))
		depth = 0; /* a killed owner may have left a count */
	depth++;
}

void __malloc_unlock(struct _reent *reent)
{
	(void)reent;
	if (--depth == 0)
		mutex_unlock(&memory);
}
