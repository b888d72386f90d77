/*
 * walk_compare SEED COUNT BY_KERNEL BY_WALK: opens random paths in two directories with
 * the same contents, in one by openat2() and in the other by the provider's walk. Prints
 * the differences, and how many results there were of each kind.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "provider_walk.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint32_t state;

static uint32_t below(uint32_t limit)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % limit;
}

static void make_path(char *path)
{
	static const char *const names[] = {
		"d",	    "e",       "f",   "up",	  "toe",  "tof",  "deep",
		"dangling", "toslash", "out", "absolute", "loop", "none", "self",
		"fifo",	    "link",    "new", ".",	  "..",	  "..",	  "."
	};
	static const char *const ends[] = { "", "", "", "", "/", "//", "/." };
	uint32_t count = below(6) + 1;

	*path = 0;
	for (uint32_t i = 0; i < count; i++) {
		strcat(path, i ? (below(8) ? "/" : "//") : "");
		strcat(path, names[below(COUNT(names))]);
	}
	strcat(path, ends[below(COUNT(ends))]);
}

static int by_kernel(int root, const char *path, int flags, int permissions)
{
	const struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.mode = flags & O_CREAT ? (unsigned)permissions : 0,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	int fd;

	/* A rename or mount somewhere in the system makes ".." EAGAIN (openat2(2)). */
	do
		fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	while (fd < 0 && errno == EAGAIN);
	return fd >= 0 ? fd : errno == EXDEV ? -EACCES : -errno;
}

/* The error, or the file below the root, with the flags that it is open with. */
static void describe(char *text, size_t size, int fd, const char *root)
{
	char name[64], file[4096];
	ssize_t length;

	if (fd < 0) {
		snprintf(text, size, "error %d", -fd);
		return;
	}
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	length = readlink(name, file, sizeof(file) - 1);
	file[length < 0 ? 0 : length] = 0;
	snprintf(text, size, "%s, flags %x", file + strlen(root),
		 (unsigned)fcntl(fd, F_GETFL) & ~(unsigned)O_NOFOLLOW);
	close(fd);
}

int main(int argc, char **argv)
{
	static const int ways[] = {
		O_PATH,
		O_PATH | O_NOFOLLOW,
		O_PATH | O_DIRECTORY,
		O_RDONLY | O_NONBLOCK,
		O_RDONLY | O_DIRECTORY,
		O_RDONLY | O_NOFOLLOW | O_NONBLOCK,
		O_WRONLY | O_NONBLOCK,
		O_RDWR | O_CREAT | O_NONBLOCK,
		O_WRONLY | O_CREAT | O_EXCL | O_NONBLOCK,
		O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK,
	};
	int kernel, walk, opened = 0, failed = 0;

	if (argc != 5)
		return 2;
	state = (uint32_t)atoi(argv[1]);
	kernel = open(argv[3], O_PATH | O_DIRECTORY);
	walk = open(argv[4], O_PATH | O_DIRECTORY);
	for (int i = 0; i < atoi(argv[2]); i++) {
		char path[256], one[4200], other[4200];
		int flags = ways[below(COUNT(ways))], fd;

		make_path(path);
		fd = by_kernel(kernel, path, flags, 0640);
		opened += fd >= 0;
		failed += fd < 0;
		describe(one, sizeof(one), fd, argv[3]);
		describe(other, sizeof(other), walk_open(walk, path, flags, 0640),
			 argv[4]);
		if (strcmp(one, other))
			printf("%s with flags %x: %s, and by the walk %s\n", path,
			       (unsigned)flags, one, other);
	}
	printf("opened %d, failed %d\n", opened, failed);
	return 0;
}
