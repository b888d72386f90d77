/*
 * Calls that need no file: clocks, sleep, answers, and what they do on errors. Prints the
 * checks that fail, and their number. Depends on newlib.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static int failed;

#define CHECK(condition)                                                                 \
	do {                                                                             \
		errno = 0;                                                               \
		if (!(condition)) {                                                      \
			printf("%d: %s (errno %d)\n", __LINE__, #condition, errno);      \
			failed++;                                                        \
		}                                                                        \
	} while (0)

static int64_t steady(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void clocks(void)
{
	struct timespec time, short_time = { 0, 2000000 }, wrong = { 0, 1000000000 };
	struct timespec negative = { -1, 0 };
	int64_t before = steady();

	CHECK(!clock_gettime(CLOCK_REALTIME, &time) && time.tv_sec > 1500000000);
	CHECK(!clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time));
	CHECK(clock_gettime(99, &time) == -1 && errno == EINVAL);
	CHECK(!nanosleep(&short_time, NULL));
	CHECK(steady() - before >= 2000000);
	before = steady();
	CHECK(!usleep(1000));
	CHECK(steady() - before >= 1000000);
	CHECK(sleep(0) == 0);
	CHECK(nanosleep(&wrong, NULL) == -1 && errno == EINVAL);
	CHECK(nanosleep(&negative, NULL) == -1 && errno == EINVAL);
}

static void files(void)
{
	struct flock lock = { .l_type = F_WRLCK };

	CHECK(fcntl(1, F_GETFD) == FD_CLOEXEC);
	CHECK((fcntl(1, F_GETFL) & O_ACCMODE) == O_RDWR);
	CHECK(fcntl(50, F_GETFL) == -1 && errno == EBADF);
	CHECK(fcntl(1, F_SETFL, O_APPEND) == -1 && errno == EINVAL);
	CHECK(!fcntl(1, F_SETLK, &lock));
	CHECK(!fcntl(1, F_GETLK, &lock) && lock.l_type == F_UNLCK);
	CHECK(fcntl(1, 77) == -1 && errno == EINVAL);
	CHECK(umask(077) == 022 && umask(022) == 077);
	CHECK(mmap(NULL, 1, PROT_READ, MAP_PRIVATE, 1, 0) == MAP_FAILED &&
	      errno == ENOSYS);
	CHECK(chown("x", 0, 0) == -1 && errno == ENOSYS);
}

static void memory(void)
{
	void *got = NULL;

	CHECK(!posix_memalign(&got, 4096, 10) && (uintptr_t)got % 4096 == 0);
	CHECK(posix_memalign(&got, 24, 10) == EINVAL && errno == 0);
	CHECK(posix_memalign(&got, sizeof(void *) / 2, 10) == EINVAL);
	CHECK(posix_memalign(&got, 16, SIZE_MAX / 2) == ENOMEM && errno == 0);
}

static void names(void)
{
	struct utsname name;
	char text[16];

	CHECK(!gethostname(text, sizeof(text)) && !strcmp(text, "jumpslot"));
	CHECK(gethostname(text, 8) == -1 && errno == ENAMETOOLONG);
	CHECK(!uname(&name) && !strcmp(name.sysname, "jumpslot"));
	CHECK(getcwd(text, sizeof(text)) == text && !strcmp(text, "/"));
	CHECK(!getcwd(text, 1) && errno == ERANGE);
	CHECK(!getcwd(text, 0) && errno == EINVAL);
	CHECK(sysconf(_SC_PAGESIZE) == 4096 && getpagesize() == 4096);
	CHECK(sysconf(_SC_OPEN_MAX) == 64);
	CHECK(sysconf(9999) == -1 && errno == EINVAL);
	CHECK(getuid() == geteuid() && getgid() == getegid());
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;

	clocks();
	files();
	memory();
	names();
	CHECK(getline(&line, &size, stdin) == 4 && !strcmp(line, "one\n"));
	CHECK(getline(&line, &size, stdin) == 3 && !strcmp(line, "two"));
	CHECK(getline(&line, &size, stdin) == -1);
	printf("%d failed\n", failed);
}
