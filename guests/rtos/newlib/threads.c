/*
 * See threads.h. newlib keeps errno, the buffers of conversions and the like in a
 * structure that _impure_ptr points to: each thread gets one, which is not given back.
 * malloc() is locked by a mutex, recursively, as newlib asks: the mutex tells its owner
 * E_DEADLOCK.
 */
#include <errno.h>
#include <reent.h>
#include <stdlib.h>

#include "kernel.h"
#include "mutex.h"
#include "thread.h"
#include "threads.h"

static struct mutex memory;
static unsigned depth; /* locks by the mutex's owner */

static void switch_to(struct thread *next)
{
	_impure_ptr = next->data ? next->data : (struct _reent *)_global_impure_ptr;
}

void newlib_init(void)
{
	mutex_init(&memory);
	thread_switch_hook = switch_to;
}

void newlib_attach_thread(void)
{
	struct _reent *reent = malloc(sizeof(*reent));

	if (!reent)
		kernel_panic("%s: no memory for newlib's data", thread_self()->name);
	_REENT_INIT_PTR(reent);
	thread_self()->data = reent;
	_impure_ptr = reent;
}

/* What malloc.h of newlib declares for systems to define. */
void __malloc_lock(struct _reent *reent);
void __malloc_unlock(struct _reent *reent);

void __malloc_lock(struct _reent *reent)
{
	(void)reent;
	if (!mutex_lock(&memory, WAIT_FOREVER))
		depth = 0; /* not so, if its last owner was ended */
	depth++;
}

void __malloc_unlock(struct _reent *reent)
{
	(void)reent;
	if (--depth == 0)
		mutex_unlock(&memory);
}
