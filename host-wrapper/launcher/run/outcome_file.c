/* A sealed memory file, mapped for reading. See outcome_file.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/memory_file.h"
#include "outcome_file.h"

/* Unsealed, a guest that opens the file through /proc could truncate it under us. */
int outcome_file_make(struct outcome_file *file, struct message *message)
{
	void *at = MAP_FAILED;
	int error;

	file->fd = memory_file_create("the outcome", OUTCOME_FILE_SIZE, message);
	if (file->fd < 0)
		return file->fd;
	if (!fcntl(file->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		at = mmap(NULL, OUTCOME_STACK_OFFSET, PROT_READ, MAP_SHARED, file->fd, 0);
	if (at != MAP_FAILED) {
		file->outcome = at;
		return 0;
	}
	error = errno;
	outcome_file_close(file);
	return fail(message, error, "no memory to share with the runner: %s",
		    strerror(error));
}

void outcome_file_close(struct outcome_file *file)
{
	if (file->outcome)
		munmap((void *)file->outcome, OUTCOME_STACK_OFFSET);
	if (file->fd >= 0)
		close(file->fd);
	*file = (struct outcome_file){ .fd = -1 };
}

void outcome_file_read_reason(const struct outcome_file *file, struct message *reason)
{
	const size_t size = sizeof(reason->text) < OUTCOME_REASON_MAX
				    ? sizeof(reason->text)
				    : OUTCOME_REASON_MAX;

	*reason = (struct message){ 0 };
	if (pread(file->fd, reason->text, size - 1, OUTCOME_STACK_OFFSET) < 0)
		reason->text[0] = 0;
}
