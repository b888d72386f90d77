/* The table from the guest's file numbers to host descriptors. See provider_files.h. */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include <jumpslot/provider.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "newlib_calls.h"
#include "provider_files.h"
#include "provider_fstat.h"
#include "provider_root.h"

#define CONSOLE_FILES 3

enum { CLOSED = -1, OPENING = -2 };

/* Host descriptors. Accessed atomically: an interrupt may come between any two steps. */
static int files[NEWLIB_FILES];

void files_start(void)
{
	for (int i = 0; i < NEWLIB_FILES; i++)
		files[i] = CLOSED;
	for (int i = 0; i < CONSOLE_FILES; i++)
		if (fcntl(i, F_GETFD) >= 0)
			files[i] = i;
}

int files_descriptor(int file)
{
	int fd = CLOSED;

	if (file >= 0 && file < NEWLIB_FILES)
		fd = __atomic_load_n(&files[file], __ATOMIC_RELAXED);
	return fd >= 0 ? fd : -EBADF;
}

/* The host's console keeps its descriptors, whatever numbers the guest gives it. */
static bool is_console(int fd)
{
	return fd >= 0 && fd < CONSOLE_FILES;
}

bool files_is_console(int file)
{
	return is_console(files_descriptor(file));
}

int files_find(const struct stat *wanted)
{
	struct stat status;

	for (int i = 0; i < NEWLIB_FILES; i++) {
		int fd = files_descriptor(i);

		if (fd >= 0 && !provider_fstat(fd, &status) &&
		    status.st_dev == wanted->st_dev && status.st_ino == wanted->st_ino)
			return fd;
	}
	return -ENOENT;
}

/* Returns the lowest free number from `first` on. */
static int reserve(int first)
{
	for (int i = first; i < NEWLIB_FILES; i++) {
		int closed = CLOSED;

		if (__atomic_compare_exchange_n(&files[i], &closed, OPENING, false,
						__ATOMIC_RELAXED, __ATOMIC_RELAXED))
			return i;
	}
	return -EMFILE;
}

/* Ends a reservation with an open descriptor or an error. */
static int settle(int file, int fd)
{
	__atomic_store_n(&files[file], fd < 0 ? CLOSED : fd, __ATOMIC_RELAXED);
	return fd < 0 ? fd : file;
}

static int host_flags(int how)
{
	static const int access[] = {
		[NEWLIB_READ] = O_RDONLY,
		[NEWLIB_WRITE] = O_WRONLY,
		[NEWLIB_READ | NEWLIB_WRITE] = O_RDWR,
	};

	return access[how & (NEWLIB_READ | NEWLIB_WRITE)] |
	       (how & NEWLIB_APPEND ? O_APPEND : 0) |
	       (how & NEWLIB_CREATE ? O_CREAT : 0) |
	       (how & NEWLIB_EXCLUSIVE ? O_EXCL : 0) |
	       (how & NEWLIB_TRUNCATE ? O_TRUNC : 0);
}

/*
 * Returns `fd` if it is a regular file, or a directory and `how` is only to read;
 * otherwise closes it and returns an error.
 */
static int only_regular(int fd, int how)
{
	struct stat status;

	/* For example, a FIFO without a reader. */
	if (fd == -ENXIO)
		return -EACCES;
	if (fd < 0 || (!provider_fstat(fd, &status) && S_ISREG(status.st_mode)))
		return fd;
	if (S_ISDIR(status.st_mode) && how == NEWLIB_READ)
		return fd;
	close(fd);
	return S_ISDIR(status.st_mode) ? -EISDIR : -EACCES;
}

int files_open(char *path, int how, int permissions)
{
	int all = NEWLIB_READ | NEWLIB_WRITE | NEWLIB_APPEND | NEWLIB_CREATE |
		  NEWLIB_EXCLUSIVE | NEWLIB_TRUNCATE;
	int file, fd;

	if (how & ~all || !(how & (NEWLIB_READ | NEWLIB_WRITE)))
		return -EINVAL;
	file = reserve(0);
	if (file < 0)
		return file;
	/* O_NONBLOCK: opening a FIFO or a device must not wait. */
	fd = only_regular(root_open(path, host_flags(how) | O_NONBLOCK | O_NOCTTY,
				    permissions & 0777),
			  how);
	return settle(file, fd);
}

int files_open_directory(char *path)
{
	int file = reserve(0);

	if (file < 0)
		return file;
	return settle(file, root_open(path, O_RDONLY | O_DIRECTORY, 0));
}

/* The host's console stays open: the host reports faults there. */
static int close_descriptor(int fd)
{
	return is_console(fd) || !close(fd) || errno == EINTR ? 0 : -errno;
}

int files_close(int file)
{
	int fd = files_descriptor(file), expected = fd;

	if (fd < 0)
		return fd;
	/* An interrupt here may have closed the file and opened another one. */
	if (!__atomic_compare_exchange_n(&files[file], &expected, CLOSED, 0,
					 __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		return -EBADF;
	return close_descriptor(fd);
}

static int copy_descriptor(int fd)
{
	int copy = is_console(fd) ? fd : fcntl(fd, F_DUPFD_CLOEXEC, CONSOLE_FILES);

	return copy < 0 ? -errno : copy;
}

int files_duplicate(int file, int first)
{
	int fd = files_descriptor(file);
	int new;

	if (fd < 0)
		return fd;
	if (first < 0 || first >= NEWLIB_FILES)
		return -EINVAL;
	new = reserve(first);
	return new < 0 ? new : settle(new, copy_descriptor(fd));
}

int files_duplicate_to(int file, int to)
{
	int fd = files_descriptor(file), copy, before;

	if (fd < 0 || to < 0 || to >= NEWLIB_FILES)
		return -EBADF;
	if (file == to)
		return to;
	copy = copy_descriptor(fd);
	if (copy < 0)
		return copy;
	before = __atomic_load_n(&files[to], __ATOMIC_RELAXED);
	do {
		/* An interrupt came while the guest opens a file with this number. */
		if (before == OPENING) {
			close_descriptor(copy);
			return -EBUSY;
		}
	} while (!__atomic_compare_exchange_n(&files[to], &before, copy, false,
					      __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	if (before != CLOSED)
		close_descriptor(before);
	return to;
}

/* A host's result: -1 and errno become a negative errno. */
static int64_t checked(int64_t result)
{
	return result < 0 ? -errno : result;
}

ssize_t files_read(int file, void *buffer, size_t count)
{
	int fd = files_descriptor(file);

	if (fd < 0)
		return fd;
	return (ssize_t)checked(TEMP_FAILURE_RETRY(read(fd, buffer, count)));
}

/*
 * Writes all bytes, unless an error comes in between. The console may be non-blocking:
 * the host shares it with other programs.
 */
ssize_t files_write(int file, const void *bytes, size_t count)
{
	int fd = files_descriptor(file);
	struct pollfd writable = { .fd = fd, .events = POLLOUT };
	size_t done = 0;

	if (fd < 0)
		return fd;
	do {
		ssize_t written = write(fd, (const char *)bytes + done, count - done);

		if (written >= 0)
			done += (size_t)written;
		else if (errno == EAGAIN)
			poll(&writable, 1, -1);
		else if (errno != EINTR)
			return done ? (ssize_t)done : -errno;
	} while (done < count);
	return (ssize_t)done;
}

ssize_t files_read_at(int file, void *buffer, size_t count, int64_t offset)
{
	int fd = files_descriptor(file);

	if (fd < 0)
		return fd;
	return (ssize_t)checked(TEMP_FAILURE_RETRY(pread(fd, buffer, count, offset)));
}

ssize_t files_write_at(int file, const void *bytes, size_t count, int64_t offset)
{
	int fd = files_descriptor(file);

	if (fd < 0)
		return fd;
	return (ssize_t)checked(TEMP_FAILURE_RETRY(pwrite(fd, bytes, count, offset)));
}

/* The console may be a file of the host, with what others wrote there. */
int files_truncate(int file, int64_t size)
{
	int fd = files_descriptor(file);

	if (fd < 0)
		return fd;
	if (files_is_console(file))
		return -EINVAL;
	return (int)checked(TEMP_FAILURE_RETRY(ftruncate(fd, size)));
}

int files_sync(int file)
{
	int fd = files_descriptor(file);

	if (fd < 0)
		return fd;
	return (int)checked(TEMP_FAILURE_RETRY(fsync(fd)));
}

int64_t files_seek(int file, int64_t offset, int whence)
{
	static const int from[] = {
		[NEWLIB_START] = SEEK_SET,
		[NEWLIB_HERE] = SEEK_CUR,
		[NEWLIB_END] = SEEK_END,
	};
	int fd = files_descriptor(file);

	if (fd < 0)
		return fd;
	if (whence < NEWLIB_START || whence > NEWLIB_END)
		return -EINVAL;
	return checked(lseek(fd, offset, from[whence]));
}

static uint32_t kind_of_entry(unsigned char type)
{
	switch (type) {
	case DT_REG:
		return NEWLIB_FILE;
	case DT_DIR:
		return NEWLIB_DIRECTORY;
	case DT_LNK:
		return NEWLIB_LINK;
	default:
		return NEWLIB_STREAM;
	}
}

/* Reads some entries, and goes back to the second of them: a name's length varies. */
int files_read_directory(int file, struct newlib_entry *entry)
{
	_Alignas(struct dirent64) char buffer[sizeof(struct dirent64)];
	const struct dirent64 *first = (const struct dirent64 *)buffer;
	int fd = files_descriptor(file);
	ssize_t got;

	if (fd < 0)
		return fd;
	got = getdents64(fd, buffer, sizeof(buffer));
	if (got <= 0)
		return got ? -errno : 0;
	if (lseek(fd, first->d_off, SEEK_SET) < 0)
		return -errno;
	entry->number = first->d_ino;
	entry->kind = kind_of_entry(first->d_type);
	memcpy(entry->name, first->d_name, strlen(first->d_name) + 1);
	return 1;
}
