/*
 * The runner of the process host: loads the guest that a plan describes, and calls it.
 * Started by host-wrapper with four descriptors as arguments: plan, guest file, the page
 * to report through, and the work area (-1: none). The only place of the runner that
 * prints errors and exits.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/exit_status.h"
#include "enter.h"
#include "process/faults/faults.h"
#include "process/calls/gate.h"
#include "process/calls/gate_sides.h"
#include "runner/guest.h"
#include "process/faults/fault_handler.h"
#include "process/interrupts/interrupt.h"
#include "runner/load.h"
#include "runner/multiboot.h"
#include "runner/plan_read.h"
#include "runner/providers.h"
#include "runner/relocate.h"
#include "runner/reset.h"
#include "process/signals/segments_x86.h"
#include "runner/services.h"
#include "process/calls/signal_mask.h"
#include "slots.h"
#include "runner/sources.h"
#include "runner/start_info.h"

/* Arguments of this program. */
enum { PLAN = 1, GUEST, OUTCOME, WORK_AREA, ARGUMENTS };

static int complain(int status, const struct message *message)
{
	fprintf(stderr, "host-wrapper: %s: %s\n",
		guest.plan ? plan_string(guest.plan, guest.plan->name) : "runner",
		message->text);
	return status;
}

static int share_outcome(int fd, struct message *message)
{
	void *at;

	if (fd < 0)
		return 0;
	at = mmap(NULL, sizeof(*guest.outcome), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		  0);
	if (at == MAP_FAILED)
		return fail(message, errno, "cannot share memory with the supervisor: %s",
			    strerror(errno));
	guest.outcome = at;
	return 0;
}

/* Everything up to the guest's memory; 0 or an exit status. */
static int load(int work_area)
{
	struct message message;
	uintptr_t *functions = NULL;
	int error;

	if (load_segments(&message) || relocate(&message) || load_protect(&message))
		return complain(EXIT_CANNOT_LOAD, &message);
	if (load_areas(work_area, &message) || fault_handler_prepare(&message) ||
	    start_info_make(&message) || multiboot_make(&message) ||
	    providers_load(&functions, &message))
		return complain(EXIT_FAILED, &message);
	error = gate_prepare(functions, &message);
	if (!error)
		error = slots_prepare(functions, &message);
	free(functions);
	return error ? complain(EXIT_FAILED, &message) : 0;
}

static int run(void)
{
	struct message message;
	int status;

	services_start_clock();
	if (interrupt_start(&message) || sources_start(services_open_console(), &message))
		return complain(EXIT_FAILED, &message);
	gate_start_sides();
	status = jumpslot_enter((uintptr_t)guest_pointer(guest.plan->entry),
				guest.stack_high, guest.start_info, guest.multiboot);
	if (reset_perform(&message))
		return complain(EXIT_FAILED, &message);
	if (guest.plan->options & PLAN_SHOW_BOUND) {
		fflush(NULL); /* what providers printed comes first */
		slots_print_bound(stderr);
	}
	return status & 0xff;
}

/* Descriptors on the command line must not reach programs that providers start. */
static void hide_arguments(char **arguments)
{
	for (size_t i = PLAN; i < ARGUMENTS; i++)
		if (atoi(arguments[i]) >= 0)
			fcntl(atoi(arguments[i]), F_SETFD, FD_CLOEXEC);
}

int main(int argc, char **argv)
{
	struct message message;
	const struct plan *plan;
	int status;

	if (argc != ARGUMENTS) {
		fputs("jumpslot-runner: started by host-wrapper, not by hand\n", stderr);
		return EXIT_FAILED;
	}
	guest.file = atoi(argv[GUEST]);
	if (plan_read(&plan, atoi(argv[PLAN]), &message))
		return complain(EXIT_FAILED, &message);
	guest.plan = plan;
	hide_arguments(argv);
	segments_start(); /* each handler needs them */
	if (share_outcome(atoi(argv[OUTCOME]), &message) || faults_catch(&message))
		return complain(EXIT_FAILED, &message);
	signal_mask_start();
	status = load(atoi(argv[WORK_AREA]));
	return status ? status : run();
}
