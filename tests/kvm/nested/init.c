/*
 * The first process of the nested machine: loads KVM's modules, runs each command of
 * /cases, and prints what it printed and how it ended. Then it powers the machine off.
 * Static, and depends on Linux alone. A case is a line of /cases, words between tabs; the
 * first word is its name.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_WORDS 32

static void load(const char *module)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/modules/%s.ko", module);
	fd = open(path, O_RDONLY);
	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		printf("@init: %s: %s\n", module, strerror(errno));
	close(fd);
}

static void prepare(void)
{
	static const char *const modules[] = { "irqbypass", "kvm", "kvm-amd" };

	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/tmp", 0777);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sys", "/sys", "sysfs", 0, NULL);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	for (size_t i = 0; i < sizeof(modules) / sizeof(*modules); i++)
		load(modules[i]);
}

/* The child of one case: both outputs go to files. */
static void become(char **words)
{
	const int out = open("/tmp/out", O_CREAT | O_TRUNC | O_WRONLY, 0600);
	const int error = open("/tmp/error", O_CREAT | O_TRUNC | O_WRONLY, 0600);
	const int in = open("/dev/null", O_RDONLY);

	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(error, STDERR_FILENO);
	execv(words[0], words);
	fprintf(stderr, "%s: %s\n", words[0], strerror(errno));
	_exit(120);
}

/* Prints a file in hexadecimal: whatever is in it, the lines of the frame stay. */
static void print_file(const char *what, const char *path)
{
	FILE *file = fopen(path, "r");
	int byte;

	printf("@%s ", what);
	while (file && (byte = getc(file)) != EOF)
		printf("%02x", (unsigned)byte);
	putchar('\n');
	if (file)
		fclose(file);
}

static void run(const char *name, char **words)
{
	pid_t child;
	int status = 0;

	fflush(stdout);
	child = fork();
	if (!child)
		become(words);
	if (child < 0 || waitpid(child, &status, 0) != child)
		status = 121 << 8;
	printf("@case %s\n@status %d\n", name,
	       WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	print_file("out", "/tmp/out");
	print_file("error", "/tmp/error");
	fflush(stdout);
}

static void run_line(char *line)
{
	char *words[MAX_WORDS + 1] = { NULL };
	size_t count = 0;

	line[strcspn(line, "\n")] = 0;
	for (char *word = strtok(line, "\t"); word && count < MAX_WORDS;
	     word = strtok(NULL, "\t"))
		words[count++] = word;
	if (count > 1)
		run(words[0], words + 1);
}

int main(void)
{
	FILE *cases;
	char *line = NULL;
	size_t size = 0;

	prepare();
	cases = fopen("/cases", "r");
	while (cases && getline(&line, &size, cases) > 0)
		run_line(line);
	puts("@end");
	fflush(stdout);
	reboot(RB_POWER_OFF);
	return 0;
}
