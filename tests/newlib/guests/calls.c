/*
 * Makes the calls that its arguments name, one after the other, and prints a line for
 * each: the result, and errno's name where a call fails. Depends on newlib.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <unistd.h>
#include <utime.h>

static char *const *next;
static int file = -1;

static const char *error_name(void)
{
	static const struct {
		int number;
		const char *name;
	} names[] = { { EACCES, "EACCES" },
		      { EBADF, "EBADF" },
		      { EEXIST, "EEXIST" },
		      { EINVAL, "EINVAL" },
		      { EISDIR, "EISDIR" },
		      { ELOOP, "ELOOP" },
		      { ENOENT, "ENOENT" },
		      { ENOTDIR, "ENOTDIR" },
		      { ENOTEMPTY, "ENOTEMPTY" },
		      { ESPIPE, "ESPIPE" },
		      { ENAMETOOLONG, "ENAMETOOLONG" },
		      { EBUSY, "EBUSY" },
		      { EROFS, "EROFS" },
		      { EAGAIN, "EAGAIN" },
		      { EDEADLK, "EDEADLK" },
		      { EPERM, "EPERM" },
		      { EMFILE, "EMFILE" },
		      { EFAULT, "EFAULT" } };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].number == errno)
			return names[i].name;
	return strerror(errno);
}

static void show(long result)
{
	if (result < 0)
		puts(error_name());
	else
		printf("%ld\n", result);
	fflush(stdout);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	char *names[600];
	size_t count = 0;

	if (!directory) {
		show(-1);
		return;
	}
	rewinddir(directory);
	errno = 0;
	while ((entry = readdir(directory)) && count < 600) {
		names[count] = malloc(strlen(entry->d_name) + 5);
		sprintf(names[count++], "%s:%d", entry->d_name, entry->d_type);
	}
	qsort(names, count, sizeof(*names), by_name);
	for (size_t i = 0; i < count; i++)
		printf("%s ", names[i]);
	printf("%s\n", errno ? error_name() : "end");
	show(closedir(directory));
}

static void show_status(int result, const struct stat *stat)
{
	if (result < 0)
		show(result);
	else
		printf("%s %ld\n",
		       S_ISLNK(stat->st_mode)	? "link"
		       : S_ISDIR(stat->st_mode) ? "directory"
						: "file",
		       S_ISDIR(stat->st_mode) ? 0L : (long)stat->st_size);
}

static const char *word(void)
{
	return *next ? *next++ : "";
}

static long number(void)
{
	return atol(word());
}

static void lock(int command, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET };

	lock.l_start = number();
	lock.l_len = number();
	show(fcntl(file, command, &lock));
}

/* The lock that is in the way of an exclusive one. */
static void test_lock(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	lock.l_start = number();
	lock.l_len = number();
	if (fcntl(file, F_GETLK, &lock))
		show(-1);
	else if (lock.l_type == F_UNLCK)
		puts("free");
	else
		printf("%s %ld %ld %ld\n",
		       lock.l_type == F_RDLCK ? "shared" : "exclusive",
		       (long)lock.l_start, (long)lock.l_len, (long)lock.l_pid);
	fflush(stdout);
}

/* Calls of links and of numbers of files. Returns 0 for another call. */
static int do_link_call(const char *call)
{
	const char *path;
	int numbers[2];

	if (!strcmp(call, "link")) {
		path = word();
		show(link(path, word()));
	} else if (!strcmp(call, "symlink")) {
		path = word();
		show(symlink(path, word()));
	} else if (!strcmp(call, "chdir"))
		show(chdir(word()));
	else if (!strcmp(call, "getcwd")) {
		char *text = getcwd(NULL, 0);

		puts(text);
		free(text);
	} else if (!strcmp(call, "dup"))
		show(dup((int)number()));
	else if (!strcmp(call, "dup2")) {
		numbers[0] = (int)number();
		numbers[1] = (int)number();
		show(dup2(numbers[0], numbers[1]));
	} else if (!strcmp(call, "dupfd")) {
		numbers[0] = (int)number();
		numbers[1] = (int)number();
		show(fcntl(numbers[0], F_DUPFD, numbers[1]));
	} else if (!strcmp(call, "getfl"))
		show(fcntl(file, F_GETFL));
	else if (!strcmp(call, "write")) {
		path = word();
		show(write(file, path, strlen(path)));
	} else if (!strcmp(call, "read")) {
		char buffer[64];
		int got = (int)read(file, buffer, (size_t)number());

		if (got < 0)
			show(-1);
		else
			printf("%.*s\n", got, buffer);
	} else
		return 0;
	return 1;
}

/* Calls of locks, permissions and times. Returns 0 for another call. */
static int do_attribute_call(const char *call)
{
	const char *path;

	if (!strcmp(call, "lock"))
		lock(F_SETLK, F_WRLCK);
	else if (!strcmp(call, "share"))
		lock(F_SETLK, F_RDLCK);
	else if (!strcmp(call, "wait-lock"))
		lock(F_SETLKW, F_WRLCK);
	else if (!strcmp(call, "unlock"))
		lock(F_SETLK, F_UNLCK);
	else if (!strcmp(call, "odd-lock"))
		lock(F_SETLK, 77);
	else if (!strcmp(call, "test-lock"))
		test_lock();
	else if (!strcmp(call, "pid"))
		show(getpid());
	else if (!strcmp(call, "pause")) /* until the test writes a line */
		show(getchar() == EOF ? -1 : 0);
	else if (!strcmp(call, "chmod")) {
		path = word();
		show(chmod(path, (mode_t)strtol(word(), NULL, 8)));
	} else if (!strcmp(call, "fchmod"))
		show(fchmod(file, (mode_t)strtol(word(), NULL, 8)));
	else if (!strcmp(call, "utime")) {
		struct utimbuf times;

		path = word();
		times.actime = number();
		times.modtime = number();
		show(utime(path, &times));
	} else if (!strcmp(call, "utimes")) {
		struct timeval times[2] = { { 0 } };

		path = word();
		times[0].tv_sec = times[1].tv_sec = number();
		times[1].tv_usec = number();
		show(utimes(path, times));
	} else if (!strcmp(call, "futimens")) {
		struct timespec times[2] = { { 5, 6 }, { 0, UTIME_OMIT } };

		times[0].tv_nsec = number();
		show(futimens(file, times));
	} else if (!strcmp(call, "touch"))
		show(utime(word(), NULL));
	else
		return 0;
	return 1;
}

static void read_link(const char *path, size_t size)
{
	char text[64];
	ssize_t length = readlink(path, text, size);

	if (length < 0)
		show(-1);
	else
		printf("%.*s\n", (int)length, text);
}

static void do_call(const char *call)
{
	struct stat status;
	char buffer[64] = "";
	long got, count;

	if (do_attribute_call(call) || do_link_call(call))
		return;
	if (!strcmp(call, "open")) {
		file = open(word(), O_RDWR);
		show(file < 0 ? -1 : 0);
	} else if (!strcmp(call, "create")) {
		file = open(word(), O_RDWR | O_CREAT, 0640);
		show(file < 0 ? -1 : 0);
	} else if (!strcmp(call, "exclusive")) {
		file = open(word(), O_RDWR | O_CREAT | O_EXCL, 0640);
		show(file < 0 ? -1 : 0);
	} else if (!strcmp(call, "close")) {
		show(close(file));
	} else if (!strcmp(call, "unlink")) {
		show(unlink(word()));
	} else if (!strcmp(call, "rename")) {
		const char *path = word();

		show(rename(path, word()));
	} else if (!strcmp(call, "readlink")) {
		read_link(word(), 64);
	} else if (!strcmp(call, "readlink4")) {
		read_link(word(), 4);
	} else if (!strcmp(call, "truncate")) {
		const char *path = word();

		show(truncate(path, number()));
	} else if (!strcmp(call, "seek")) {
		show((long)(lseek(file, (off_t)number() << 20, SEEK_SET) >> 20));
	} else if (!strcmp(call, "reading")) {
		file = open(word(), O_RDONLY);
		show(file < 0 ? -1 : 0);
	} else if (!strcmp(call, "use"))
		file = (int)number();
	else if (!strcmp(call, "ftruncate"))
		show(ftruncate(file, number()));
	else if (!strcmp(call, "fsync"))
		show(fsync(file));
	else if (!strcmp(call, "access")) {
		const char *path = word();

		show(access(path, (int)number()));
	} else if (!strcmp(call, "mkdir"))
		show(mkdir(word(), 0750));
	else if (!strcmp(call, "rmdir"))
		show(rmdir(word()));
	else if (!strcmp(call, "list"))
		list(word());
	else if (!strcmp(call, "lstat")) {
		int result = lstat(word(), &status);

		show_status(result, &status);
	} else if (!strcmp(call, "stat")) {
		int result = stat(word(), &status);

		show_status(result, &status);
	} else if (!strcmp(call, "pread")) {
		count = number();
		got = pread(file, buffer, (size_t)count, number());
		if (got < 0)
			show(got);
		else
			printf("%.*s at %ld\n", (int)got, buffer,
			       (long)lseek(file, 0, SEEK_CUR));
	} else if (!strcmp(call, "pwrite")) {
		const char *text = word();

		show(pwrite(file, text, strlen(text), number()));
	} else
		printf("%s?\n", call);
}

int main(int argc, char **argv)
{
	next = argv + (argc > 0);
	while (*next)
		do_call(word());
}
