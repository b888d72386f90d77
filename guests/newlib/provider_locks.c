/* See provider_locks.h. */
#define _GNU_SOURCE
#include <jumpslot/provider.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "newlib_calls.h"
#include "provider_files.h"
#include "provider_locks.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const short host_kinds[] = {
	[NEWLIB_UNLOCKED] = F_UNLCK,
	[NEWLIB_SHARED] = F_RDLCK,
	[NEWLIB_EXCLUSIVE_LOCK] = F_WRLCK,
};

static int to_host(struct flock *to, const struct newlib_lock *from)
{
	static const short origins[] = {
		[NEWLIB_START] = SEEK_SET,
		[NEWLIB_HERE] = SEEK_CUR,
		[NEWLIB_END] = SEEK_END,
	};

	if (from->kind >= COUNT(host_kinds) || from->origin >= COUNT(origins))
		return -EINVAL;
	*to = (struct flock){ .l_type = host_kinds[from->kind],
			      .l_whence = origins[from->origin],
			      .l_start = from->start,
			      .l_len = from->length };
	return 0;
}

/* The kernel leaves all but the kind as it is if no lock is in the way. */
static void to_guest(struct newlib_lock *to, const struct flock *from)
{
	if (from->l_type == F_UNLCK) {
		to->kind = NEWLIB_UNLOCKED;
		return;
	}
	*to = (struct newlib_lock){
		.kind = from->l_type == F_RDLCK ? NEWLIB_SHARED : NEWLIB_EXCLUSIVE_LOCK,
		.origin = NEWLIB_START,
		.start = from->l_start,
		.length = from->l_len,
		.process = from->l_pid,
	};
}

int locks_use(int file, struct newlib_lock *lock, int how)
{
	static const int commands[] = {
		[NEWLIB_TEST_LOCK] = F_GETLK,
		[NEWLIB_TRY_LOCK] = F_SETLK,
		[NEWLIB_WAIT_FOR_LOCK] = F_SETLKW,
	};
	int fd = files_descriptor(file);
	struct newlib_lock copy = *lock;
	struct flock host;

	if (fd < 0)
		return fd;
	if (how < 0 || (size_t)how >= COUNT(commands) || to_host(&host, &copy))
		return -EINVAL;
	if (fcntl(fd, commands[how], &host))
		return errno == EACCES ? -EAGAIN : -errno;
	if (how == NEWLIB_TEST_LOCK)
		to_guest(lock, &host);
	return 0;
}
