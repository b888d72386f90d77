/*
 * The first process of the nested machine: loads KVM's modules, runs each command of
 * /cases, and prints what it printed and how it ended. Then it powers the machine off.
 * Static, and depends on Linux alone. A case is a line of /cases, words between tabs; the
 * first word is its name. /modules/order names the modules, in the order to load them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define MAX_WORDS 128

static void load(const char *module)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/modules/%s", module);
	fd = open(path, O_RDONLY);
	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		printf("@init: %s: %s\n", module, strerror(errno));
	close(fd);
}

/* The first virtual machine and processor make the kernel change its code, and the last
 * ones change it back. QEMU translates such code again, so these stay until the end. */
static void keep_machine(void)
{
	const int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	const int vm = ioctl(kvm, KVM_CREATE_VM, 0);

	if (ioctl(vm, KVM_CREATE_VCPU, 0) < 0)
		printf("@init: /dev/kvm: %s\n", strerror(errno));
}

static void prepare(void)
{
	FILE *order = fopen("/modules/order", "r");
	char name[64];

	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/tmp", 0777);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sys", "/sys", "sysfs", 0, NULL);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	if (symlink("/proc/self/fd", "/dev/fd")) /* as udev makes it */
		perror("/dev/fd");
	while (order && fscanf(order, "%63s", name) == 1)
		load(name);
	if (order)
		fclose(order);
	keep_machine();
}

/* The root of the machine outside, shared by virtiofs, with this machine's devices and
 * memory for temporary files. */
static void enter_outer_root(void)
{
	mkdir("/outer", 0755);
	if (mount("outer", "/outer", "virtiofs", 0, NULL) ||
	    mount("/dev", "/outer/dev", NULL, MS_BIND, NULL) || chroot("/outer") ||
	    chdir("/")) {
		printf("@init: the outer root: %s\n", strerror(errno));
		_exit(120);
	}
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sys", "/sys", "sysfs", 0, NULL);
	mount("tmp", "/tmp", "tmpfs", 0, NULL);
	mkdir("/dev/pts", 0755);
	mount("pts", "/dev/pts", "devpts", 0, NULL);
	mkdir("/dev/shm", 01777);
	mount("shm", "/dev/shm", "tmpfs", 0, NULL);
}

static void __attribute__((__noreturn__)) execute(char **words)
{
	execv(words[0], words);
	fprintf(stderr, "%s: %s\n", words[0], strerror(errno));
	_exit(120);
}

/* The child of one case: both outputs go to files. After "@outer", it runs in the outer
 * root, and prints to the console. */
static void become(char **words)
{
	const int out = open("/tmp/out", O_CREAT | O_TRUNC | O_WRONLY, 0600);
	const int error = open("/tmp/error", O_CREAT | O_TRUNC | O_WRONLY, 0600);
	const int in = open("/dev/null", O_RDONLY);

	dup2(in, STDIN_FILENO);
	if (!strcmp(words[0], "@outer")) {
		enter_outer_root();
		execute(words + 1);
	}
	dup2(out, STDOUT_FILENO);
	dup2(error, STDERR_FILENO);
	execute(words);
}

/* The second serial port, which leads to a socket outside. */
static int open_serial(void)
{
	const int fd = open("/dev/ttyS1", O_RDWR | O_NOCTTY);
	struct termios mode;

	if (fd < 0 || tcgetattr(fd, &mode))
		return fd;
	cfmakeraw(&mode);
	tcsetattr(fd, TCSAFLUSH, &mode);
	return fd;
}

/* Returns a connection to the socket that the child makes; -1: it has ended before. */
static int connect_to(const char *path, pid_t child)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	siginfo_t ended = { 0 };

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	while (connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		waitid(P_PID, (id_t)child, &ended, WEXITED | WNOHANG | WNOWAIT);
		if (ended.si_pid)
			return -1;
		usleep(10000);
	}
	return fd;
}

static bool copy(int from, int to)
{
	char bytes[512];
	const ssize_t got = read(from, bytes, sizeof(bytes));

	return got > 0 && write(to, bytes, (size_t)got) == got;
}

/* Copies both ways until the socket's other end has gone. */
static void bridge(const char *name, const char *path, pid_t child)
{
	struct pollfd ends[] = { { open_serial(), POLLIN, 0 },
				 { connect_to(path, child), POLLIN, 0 } };

	printf("@bridge %s\n", name);
	fflush(stdout);
	while (ends[1].fd >= 0 && poll(ends, 2, -1) > 0) {
		if (ends[0].revents && !copy(ends[0].fd, ends[1].fd))
			break;
		if (ends[1].revents && !copy(ends[1].fd, ends[0].fd))
			break;
	}
	close(ends[0].fd);
	close(ends[1].fd);
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

/* After "@bridge" and a path, the case makes a socket there. */
static void run(const char *name, char **words)
{
	const char *path = NULL;
	pid_t child;
	int status = 0;

	if (!strcmp(words[0], "@bridge")) {
		path = words[1];
		words += 2;
	}

	fflush(stdout);
	child = fork();
	if (!child)
		become(words);
	if (child > 0 && path)
		bridge(name, path, child);
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
