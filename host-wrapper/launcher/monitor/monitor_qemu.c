/* A command line, and a child that becomes QEMU. See monitor_qemu.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "monitor_qemu.h"

#define QEMU	 "qemu-system-x86_64"
#define MAX_TEXT 64
#define MIB	 ((uint64_t)1 << 20)
/* Memory for the firmware, the kernel and its tables. */
#define BASE_MIB 8
_Static_assert(MONITOR_MEMORY / MIB + BASE_MIB < 3584, "as QEMU has below 4 GiB");

/* Words of the command line that depend on the run. */
struct words {
	char memory[MAX_TEXT];
	char image[MAX_TEXT];
	char errors[MAX_TEXT];
	char log[MAX_TEXT];
};

static void fill(struct words *words, const struct monitor_machine *machine,
		 const struct monitor_descriptors *descriptors)
{
	const uint64_t bytes = machine->image->size + machine->image->memory;

	snprintf(words->memory, MAX_TEXT, "%" PRIu64 "M",
		 BASE_MIB + (bytes + MIB - 1) / MIB);
	snprintf(words->image, MAX_TEXT, "/proc/self/fd/%d", descriptors->image);
	snprintf(words->errors, MAX_TEXT, "fd=%d,set=1", descriptors->errors);
	snprintf(words->log, MAX_TEXT, "fd=%d,set=2", descriptors->log);
}

static void inherit(const struct monitor_descriptors *descriptors)
{
	fcntl(descriptors->image, F_SETFD, 0);
	fcntl(descriptors->errors, F_SETFD, 0);
	fcntl(descriptors->log, F_SETFD, 0);
}

/* Returns only if QEMU cannot be started. */
static void become_qemu(const struct monitor_machine *machine,
			const struct monitor_descriptors *descriptors)
{
	struct words words = { 0 };
	const char *arguments[] = {
		QEMU,
		"-nodefaults",
		"-no-user-config",
		"-display",
		"none",
		"-no-reboot",
		"-sandbox",
		"on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
		"-accel",
		"tcg",
		"-cpu",
		"max",
		"-m",
		words.memory,
		"-kernel",
		machine->kernel,
		"-initrd",
		words.image,
		"-device",
		"isa-debug-exit,iobase=0xf4,iosize=4",
		"-chardev",
		"stdio,id=console",
		"-serial",
		"chardev:console",
		"-add-fd",
		words.errors,
		"-chardev",
		"file,id=errors,path=/dev/fdset/1,append=on",
		"-serial",
		"chardev:errors",
		"-add-fd",
		words.log,
		"-chardev",
		"file,id=log,path=/dev/fdset/2,append=on",
		"-serial",
		"chardev:log",
		machine->counts_instructions ? "-icount" : NULL,
		"shift=3,sleep=off",
		NULL,
	};

	fill(&words, machine, descriptors);
	inherit(descriptors);
	execvp(QEMU, (char **)arguments);
}

/* Writes the error to `report`, which a successful exec closes. */
static void run_child(const struct monitor_machine *machine,
		      const struct monitor_descriptors *descriptors, const sigset_t *mask,
		      pid_t parent, int report)
{
	int error;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	sigprocmask(SIG_SETMASK, mask, NULL);
	become_qemu(machine, descriptors);
	error = errno;
	if (write(report, &error, sizeof(error)) != sizeof(error))
		_exit(2);
	_exit(1);
}

static int await_exec(pid_t child, int report, struct message *message)
{
	int error;

	if (read(report, &error, sizeof(error)) != sizeof(error))
		return 0;
	waitpid(child, NULL, 0);
	return fail(message, error, "%s cannot be started: %s (expected in the path)",
		    QEMU, strerror(error));
}

pid_t monitor_qemu_start(const struct monitor_machine *machine,
			 const struct monitor_descriptors *descriptors,
			 const sigset_t *mask, struct message *message)
{
	const pid_t parent = getpid();
	int report[2], error;
	pid_t child;

	if (pipe2(report, O_CLOEXEC))
		return fail(message, errno, "no pipe: %s", strerror(errno));
	child = fork();
	if (child == 0)
		run_child(machine, descriptors, mask, parent, report[1]);
	close(report[1]);
	error = child < 0 ? fail(message, errno, "no process: %s", strerror(errno))
			  : await_exec(child, report[0], message);
	close(report[0]);
	return error ? error : child;
}
