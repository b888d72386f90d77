/* A mapping that is not inherited. See outcome_share.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include "outcome_share.h"

static struct outcome **shared;

static void forget(void)
{
	*shared = NULL;
}

int outcome_share(struct outcome **outcome, int fd, struct message *message)
{
	void *at;
	int error;

	if (fd < 0)
		return 0;
	at = mmap(NULL, OUTCOME_FILE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return fail(message, errno, "cannot share memory with the supervisor: %s",
			    strerror(errno));
	shared = outcome;
	*outcome = at;
	/* A raw clone() runs no handlers, and then the mapping is not there. */
	error = madvise(at, OUTCOME_FILE_SIZE, MADV_DONTFORK)
			? errno
			: pthread_atfork(NULL, NULL, forget);
	return error ? fail(message, error, "the outcome's memory: %s", strerror(error))
		     : 0;
}

void outcome_note_running(struct outcome *outcome)
{
	if (outcome)
		outcome->phase = OUTCOME_RUNNING;
}

void outcome_note_ended(struct outcome *outcome, int status)
{
	if (!outcome)
		return;
	outcome->status = status;
	outcome->phase = OUTCOME_ENDED;
}

void outcome_refuse(struct outcome *outcome, const struct message *reason)
{
	_Static_assert(sizeof(reason->text) <= OUTCOME_REASON_MAX, "it has room");
	memcpy((char *)outcome + OUTCOME_STACK_OFFSET, reason->text,
	       strlen(reason->text) + 1);
	outcome->kind = OUTCOME_REFUSED;
}
