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
#include <sys/types.h>
#include <unistd.h>

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

static void do_call(const char *call)
{
	struct stat status;
	char buffer[64] = "";
	long got, count;

	if (!strcmp(call, "open")) {
		file = open(word(), O_RDWR);
		show(file < 0 ? -1 : 0);
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
