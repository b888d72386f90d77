/* A child applies the layers to itself. See sandbox_probe.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/layers.h"
#include "sandbox_probe.h"

/* Shared with the child. */
struct probe {
	int error;
	struct message message;
};

static int apply(bool core, bool processes, struct message *message)
{
	struct sock_filter allow_all = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	const struct sock_fprog program = { 1, &allow_all };
	int error = layers_no_new_privileges(message);

	if (!error)
		error = layers_limits(core, processes, message);
	return error ? error : layers_filter(&program, message);
}

/* The child's answer stands until it has another one. */
static void run_child(struct probe *probe, bool core, bool processes)
{
	pid_t child;

	probe->error = fail(&probe->message, ECHILD,
			    "the sandbox: the process that tries its layers ended");
	child = fork();
	if (child == 0) {
		probe->error = apply(core, processes, &probe->message);
		_exit(EXIT_SUCCESS);
	}
	if (child < 0)
		probe->error = fail(&probe->message, errno,
				    "the sandbox: no process to try its layers: %s",
				    strerror(errno));
	else
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			;
}

int sandbox_probe(bool core, bool processes, struct message *message)
{
	struct probe *probe = mmap(NULL, sizeof(*probe), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int error;

	if (probe == MAP_FAILED)
		return fail(message, errno, "the sandbox: memory to try its layers: %s",
			    strerror(errno));
	run_child(probe, core, processes);
	error = probe->error;
	*message = probe->message;
	munmap(probe, sizeof(*probe));
	return error;
}
