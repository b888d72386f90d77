/*
 * Calls of POSIX that newlib leaves out, with the errors that POSIX demands. Prints the
 * checks that fail, and their number. Its root has the files "a.c", "b.c", "d/e.c" and a
 * link "link" to "a.c". Depends on newlib.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <grp.h>
#include <libgen.h>
#include <limits.h>
#include <locale.h>
#include <poll.h>
#include <pwd.h>
#include <regex.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <termios.h>
#include <unistd.h>
#include <utime.h>

static int failed;

#define CHECK(condition)                                                                 \
	do {                                                                             \
		errno = 0;                                                               \
		if (!(condition)) {                                                      \
			printf("%d: %s (errno %d)\n", __LINE__, #condition, errno);      \
			failed++;                                                        \
		}                                                                        \
	} while (0)

#define FAILS(call, error) CHECK((call) == -1 && errno == (error))

static int matches(const char *pattern, const char *text, int flags)
{
	regmatch_t match[2];
	regex_t regex;
	int result;

	if (regcomp(&regex, pattern, flags))
		return -1;
	result = regexec(&regex, text, 2, match, 0);
	regfree(&regex);
	return result ? -1 : (int)(match[0].rm_so * 100 + match[0].rm_eo);
}

static void patterns(void)
{
	char text[64];
	regex_t regex;

	CHECK(matches("b(c|d)+", "abcdx", REG_EXTENDED) == 104);
	CHECK(matches("B[[:alpha:]]*", "abcd1", REG_EXTENDED | REG_ICASE) == 104);
	CHECK(matches("\\(a\\)\\1", "xaa", 0) == 103);
	CHECK(matches("^a$", "ab", REG_EXTENDED) == -1);
	CHECK(regcomp(&regex, "a(", REG_EXTENDED) == REG_EPAREN);
	CHECK(regcomp(&regex, "[z-a]", REG_EXTENDED) == REG_ERANGE);
	CHECK(regerror(REG_EBRACK, NULL, text, sizeof(text)) > 0 && *text);
	CHECK(!fnmatch("*.[ch]", "x.c", 0));
	CHECK(fnmatch("*.c", ".x.c", FNM_PERIOD) == FNM_NOMATCH);
	CHECK(fnmatch("*", "a/b", FNM_PATHNAME) == FNM_NOMATCH);
}

static void names(void)
{
	char path[32];
	glob_t found;

	CHECK(!strcmp(basename(strcpy(path, "/usr/lib/")), "lib"));
	CHECK(!strcmp(dirname(strcpy(path, "/usr/lib/")), "/usr"));
	CHECK(!strcmp(basename(strcpy(path, "/")), "/"));
	CHECK(!strcmp(basename(strcpy(path, "")), "."));
	CHECK(!strcmp(dirname(strcpy(path, "file")), "."));
	CHECK(!glob("*.c", 0, NULL, &found) && found.gl_pathc == 2);
	CHECK(!strcmp(found.gl_pathv[0], "a.c") && !strcmp(found.gl_pathv[1], "b.c"));
	globfree(&found);
	CHECK(!glob("/?/*.c", 0, NULL, &found) && found.gl_pathc == 1);
	CHECK(!strcmp(found.gl_pathv[0], "/d/e.c"));
	globfree(&found);
	CHECK(glob("*.none", 0, NULL, &found) == GLOB_NOMATCH);
	CHECK(glob("\\*.c", 0, NULL, &found) == GLOB_NOMATCH);
	CHECK(glob("*.none", GLOB_NOCHECK, NULL, &found) == 0 && found.gl_pathc == 1);
	CHECK(!strcmp(found.gl_pathv[0], "*.none"));
	globfree(&found);
}

static void waiting(int file)
{
	struct pollfd files[] = { { .fd = file, .events = POLLIN | POLLOUT },
				  { .fd = -1, .events = POLLIN, .revents = 7 },
				  { .fd = 60, .events = POLLIN } };

	CHECK(poll(files, 1, -1) == 1 && files[0].revents == (POLLIN | POLLOUT));
	CHECK(poll(files, 2, 0) == 1 && files[1].revents == 0);
	CHECK(poll(files, 3, -1) == 2 && files[2].revents == POLLNVAL);
	CHECK(files[0].revents == (POLLIN | POLLOUT));
	CHECK(poll(files + 1, 1, 1) == 0);
	CHECK(poll(NULL, 0, 1) == 0);
	FAILS(poll(files, 1000, 0), EINVAL);
	files[0].fd = STDIN_FILENO; /* a pipe with a byte, then at its end */
	files[0].events = POLLIN;
	CHECK(poll(files, 1, -1) == 1 && files[0].revents & POLLIN);
}

static void terminals(int file)
{
	struct winsize size;
	struct termios modes;

	FAILS(tcgetattr(file, &modes), ENOTTY);
	FAILS(tcgetattr(60, &modes), EBADF);
	FAILS(tcsetattr(file, TCSANOW, &modes), ENOTTY);
	FAILS(ioctl(file, TIOCGWINSZ, &size), ENOTTY);
	FAILS(ioctl(60, TIOCGWINSZ, &size), EBADF);
	CHECK(!isatty(file) && errno == ENOTTY);
	CHECK(!isatty(60) && errno == EBADF);
}

static void times_of_files(int file)
{
	struct timespec odd[2] = { { 1, 1000000000 }, { 1, 0 } };
	struct timespec far[2] = { { INT64_MAX, 0 }, { 1, 0 } };
	struct timeval odd_value[2] = { { 1, 0 }, { 1, 1000000 } };
	struct timespec set[2] = { { -3, 999999999 }, { 0, UTIME_OMIT } };
	struct utimbuf times = { 1000000000, -5 };
	struct stat status;

	CHECK(!utime("link", &times) && !stat("a.c", &status));
	CHECK(status.st_atime == 1000000000 && status.st_mtime == -5);
	CHECK(!futimens(file, set) && !fstat(file, &status));
	CHECK(status.st_atim.tv_sec == -3 && status.st_atim.tv_nsec == 999999999);
	CHECK(status.st_mtime == -5);
	CHECK(!utime("a.c", NULL) && !stat("a.c", &status));
	CHECK(status.st_mtime > 1500000000 && status.st_atime > 1500000000);
	FAILS(futimens(file, odd), EINVAL);
	FAILS(futimens(file, far), EINVAL);
	FAILS(futimens(60, NULL), EBADF);
	FAILS(futimens(STDOUT_FILENO, NULL), EPERM);
	FAILS(utimes("a.c", odd_value), EINVAL);
	FAILS(utime("none", NULL), ENOENT);
	FAILS(utime("", NULL), ENOENT);
	FAILS(utime("a.c/x", NULL), ENOTDIR);
	FAILS(utime("../x", NULL), EACCES);
}

static void statuses(int file)
{
	struct stat a, b, link;

	CHECK(!stat("a.c", &a) && !stat("b.c", &b) && !lstat("link", &link));
	CHECK(a.st_ino != b.st_ino && a.st_dev == b.st_dev && a.st_ino != link.st_ino);
	CHECK(!fstat(file, &b) && a.st_ino == b.st_ino && a.st_nlink == 1);
	CHECK(!chmod("a.c", 0600) && !stat("a.c", &a) && (a.st_mode & 07777) == 0600);
	CHECK(!fchmod(file, 0640) && !stat("a.c", &a) && (a.st_mode & 07777) == 0640);
	CHECK(!chmod("link", 06644) && !stat("a.c", &a) && (a.st_mode & 07777) == 0644);
	FAILS(chmod("none", 0600), ENOENT);
	FAILS(chmod("../x", 0600), EACCES);
	FAILS(fchmod(60, 0600), EBADF);
	FAILS(fchmod(STDOUT_FILENO, 0600), EPERM);
}

static void wide_offsets(int file)
{
	off_t far = (off_t)5 << 30;
	struct stat status;

	_Static_assert(sizeof(off_t) == 8, "files may be larger than 4 GiB");
	CHECK(lseek(file, far, SEEK_SET) == far && write(file, "x", 1) == 1);
	CHECK(!fstat(file, &status) && status.st_size == far + 1);
	CHECK(lseek(file, -1, SEEK_END) == far);
	CHECK(!truncate("a.c", 3) && !fstat(file, &status) && status.st_size == 3);
	CHECK(status.st_blocks * 512 < far);
	FAILS(truncate("none", 3), ENOENT);
	FAILS(truncate("a.c", -1), EINVAL);
	FAILS(lseek(file, 0, 77), EINVAL);
	FAILS(lseek(file, -9, SEEK_SET), EINVAL);
}

static void links(void)
{
	char text[8];

	CHECK(readlink("link", text, sizeof(text)) == 3 && !memcmp(text, "a.c", 3));
	CHECK(readlink("link", text, 2) == 2);
	FAILS(readlink("a.c", text, 2), EINVAL);
	FAILS(readlink("none", text, 2), ENOENT);
	FAILS(readlink("a.c/x", text, 2), ENOTDIR);
}

static void answers(void)
{
	unsigned char one[300], two[sizeof(one)];
	_Atomic int count = 1;
	struct rusage usage;

	memset(one, 0, sizeof(one));
	memset(two, 0, sizeof(two));
	CHECK(!getentropy(one, 32) && !getentropy(two, 32) && memcmp(one, two, 32));
	CHECK(!getentropy(one, 256));
	FAILS(getentropy(one, 257), EIO);
	CHECK(atomic_fetch_add(&count, 2) == 1 && count == 3);
	CHECK(!strcmp(getpwuid(getuid())->pw_dir, "/"));
	CHECK(getpwnam(getpwuid(0)->pw_name)->pw_uid == 0);
	CHECK(!getpwuid(77) && errno == 0);
	CHECK(getgrgid(getgid()) && !getgrnam("none"));
	CHECK(!getrusage(RUSAGE_SELF, &usage) && usage.ru_utime.tv_sec < 1000);
	FAILS(getrusage(77, &usage), EINVAL);
	CHECK(!setlocale(LC_ALL, "de_DE") && !setlocale(LC_CTYPE, "C/de_DE/C/C/C/C"));
	CHECK(setlocale(LC_ALL, "C.UTF-8") && setlocale(LC_ALL, setlocale(LC_ALL, NULL)));
	CHECK(!strcmp(setlocale(LC_ALL, "C"), "C"));
	CHECK(getpid() > 0 && getpid() == getpid());
	FAILS(kill(getpid() + 1, 0), ESRCH);
	CHECK(!kill(getpid(), 0));
}

int main(void)
{
	int file = open("a.c", O_RDWR);

	CHECK(file >= 0);
	patterns();
	names();
	waiting(file);
	terminals(file);
	statuses(file);
	times_of_files(file);
	wide_offsets(file);
	links();
	answers();
	CHECK(!close(file));
	CHECK((file = open("d", O_RDONLY)) >= 0 && !fsync(file) && !close(file));
	FAILS(open("d", O_RDWR), EISDIR);
	printf("%d failed\n", failed);
}
