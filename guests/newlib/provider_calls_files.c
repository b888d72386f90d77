/*
 * The functions of newlib_calls.h that take a file's number: check the guest's memory and
 * leave the rest to provider_files.h and its neighbours. Async-signal-safe.
 */
#include <jumpslot/provider.h>

#include "newlib_calls.h"
#include "provider_answer.h"
#include "provider_attributes.h"
#include "provider_files.h"
#include "provider_locks.h"
#include "provider_poll.h"
#include "provider_status.h"

int newlib_close(int file)
{
	return ANSWER(files_close(file));
}

int newlib_duplicate(int file, int first)
{
	return ANSWER(files_duplicate(file, first));
}

int newlib_duplicate_to(int file, int to)
{
	return ANSWER(files_duplicate_to(file, to));
}

int newlib_read(int file, void *buffer, size_t count)
{
	count = answer_at_most_int(count);
	return ANSWER(answer_writable(buffer, count) ?: files_read(file, buffer, count));
}

int newlib_write(int file, const void *bytes, size_t count)
{
	count = answer_at_most_int(count);
	return ANSWER(answer_readable(bytes, count) ?: files_write(file, bytes, count));
}

int newlib_read_at(int file, void *buffer, size_t count, int64_t offset)
{
	count = answer_at_most_int(count);
	return ANSWER(answer_writable(buffer, count)
			      ?: files_read_at(file, buffer, count, offset));
}

int newlib_write_at(int file, const void *bytes, size_t count, int64_t offset)
{
	count = answer_at_most_int(count);
	return ANSWER(answer_readable(bytes, count)
			      ?: files_write_at(file, bytes, count, offset));
}

int newlib_truncate(int file, int64_t size)
{
	return ANSWER(files_truncate(file, size));
}

int newlib_sync(int file)
{
	return ANSWER(files_sync(file));
}

int64_t newlib_seek(int file, int64_t offset, int whence)
{
	return ANSWER_LONG(files_seek(file, offset, whence));
}

int newlib_read_directory(int file, struct newlib_entry *entry)
{
	return ANSWER(answer_writable(entry, sizeof(*entry))
			      ?: files_read_directory(file, entry));
}

int newlib_status_of_file(int file, struct newlib_status *status)
{
	return ANSWER(answer_writable(status, sizeof(*status))
			      ?: status_of_file(file, status));
}

int newlib_set_times_of_file(int file, int64_t accessed_ns, int64_t modified_ns)
{
	return ANSWER(attributes_set_times_of_file(file, accessed_ns, modified_ns));
}

int newlib_set_permissions_of_file(int file, int permissions)
{
	return ANSWER(attributes_set_permissions_of_file(file, permissions));
}

int newlib_lock(int file, struct newlib_lock *lock, int how)
{
	return ANSWER(answer_writable(lock, sizeof(*lock)) ?: locks_use(file, lock, how));
}

int newlib_poll(struct newlib_poll *files, int count, int64_t ns)
{
	if (count < 0 || count > NEWLIB_FILES)
		return -NEWLIB_EINVAL;
	return ANSWER(answer_writable(files, (size_t)count * sizeof(*files))
			      ?: poll_files(files, count, ns));
}

int newlib_terminal(int file, struct newlib_terminal *terminal)
{
	return ANSWER(answer_writable(terminal, sizeof(*terminal))
			      ?: poll_terminal(file, terminal));
}
