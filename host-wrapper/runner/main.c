/*
 * The runner: loads the guest that a plan describes, and has its host run it. Started by
 * host-wrapper with five descriptors as arguments: plan, guest file, the page to report
 * through, the work area and the trace (-1: none). The only place of the runner that
 * prints errors and exits.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/exit_status.h"
#include "common/relocate.h"
#include "common/table.h"
#include "bindings.h"
#include "clock.h"
#include "current.h"
#include "debugger.h"
#include "host.h"
#include "load.h"
#include "multiboot.h"
#include "outcome_share.h"
#include "plan_read.h"
#include "ports.h"
#include "providers.h"
#include "reset.h"
#include "sandbox/sandbox.h"
#include "services.h"
#include "sources.h"
#include "start_pages.h"
#include "trace/trace_ring.h"

/* Arguments of this program. */
enum { PLAN = 1, GUEST, OUTCOME, WORK_AREA, TRACE, ARGUMENTS };

static int complain(const struct runner *runner, int status,
		    const struct message *message)
{
	message_print(runner->plan ? plan_string(runner->plan, runner->plan->name)
				   : "runner",
		      message);
	return status;
}

/* Before the guest has started: says why it cannot. */
static int refuse(const struct runner *runner, int status, const struct message *message)
{
	if (!runner->outcome || !(runner->plan->options & PLAN_REASONS))
		return complain(runner, status, message);
	outcome_refuse(runner->outcome, message);
	return status;
}

/* Descriptors on the command line must not reach programs that providers start. */
static void hide_arguments(char **arguments)
{
	for (size_t i = PLAN; i < ARGUMENTS; i++)
		if (atoi(arguments[i]) >= 0)
			fcntl(atoi(arguments[i]), F_SETFD, FD_CLOEXEC);
}

/* Reads the plan and prepares the process; 0 or an exit status. */
static int start(struct runner *runner, char **arguments)
{
	struct message message;

	if (plan_read(&runner->plan, atoi(arguments[PLAN]), &message))
		return complain(runner, EXIT_FAILED, &message);
	hide_arguments(arguments);
	current = runner;
	if (outcome_share(&runner->outcome, atoi(arguments[OUTCOME]), &message) ||
	    host_start(&message))
		return refuse(runner, EXIT_FAILED, &message);
	return 0;
}

/* Loads the image, with its final contents and protection; 0 or an exit status. */
static int load_image(struct runner *runner, int file)
{
	const struct plan *plan = runner->plan;
	struct message message;

	if (load_segments(plan, file, &runner->base, &message) ||
	    relocate(plan, runner->base, runner->base, &message) ||
	    load_protect(plan, runner->base, &runner->memory, &message))
		return refuse(runner, EXIT_CANNOT_LOAD, &message);
	return 0;
}

/* Prepares all that the guest needs beside its image; 0 or an exit status. */
static int prepare(struct runner *runner, int file, int work_area, int trace)
{
	uintptr_t *functions = NULL;
	struct message message;
	int error;

	host_show_debugger(runner, file);
	error = load_areas(runner, work_area, &message);
	if (!error)
		error = start_pages_make(runner, &message);
	if (!error)
		error = multiboot_make(runner, &message);
	if (!error)
		error = ports_map(runner->plan, &message);
	if (!error)
		error = trace_ring_map(runner, trace, &message);
	if (!error)
		error = providers_load(runner->plan, &functions, &message);
	if (!error)
		error = host_prepare(runner, functions, &message);
	if (!error)
		error = debugger_wait(runner->plan, &message);
	table_free(functions, plan_function_count(runner->plan), sizeof(*functions));
	return error ? refuse(runner, EXIT_FAILED, &message) : 0;
}

/* All of them are mapped by now. */
static void close_arguments(char **arguments)
{
	for (size_t i = PLAN; i < ARGUMENTS; i++)
		if (atoi(arguments[i]) >= 0)
			close(atoi(arguments[i]));
}

/* Starts the sources of interrupts, and closes the sandbox. */
static int confine(const struct runner *runner, struct message *message)
{
	const struct host_descriptors of_host = host_descriptors();
	struct sandbox_values values = { .console = services_open_console(runner->plan),
					 .vcpu = of_host.vcpu,
					 .gdb = of_host.gdb };
	int error = sandbox_prepare(runner->plan, message);

	if (!error)
		error = sources_start(runner->plan, values.console, &values.wake,
				      message);
	return error ? error : sandbox_close(runner->plan, &values, message);
}

static int run(struct runner *runner)
{
	struct message message;
	int status;

	if (clock_start(&message) || host_start_interrupts(&message) ||
	    confine(runner, &message))
		return refuse(runner, EXIT_FAILED, &message);
	outcome_note_running(runner->outcome);
	status = host_enter(runner);
	if (reset_perform(runner->outcome, &message))
		return complain(runner, EXIT_FAILED, &message);
	if (runner->plan->options & PLAN_SHOW_BOUND) {
		fflush(NULL); /* the providers' output comes first */
		bindings_print(runner->plan, stderr);
	}
	return status & 0xff;
}

int main(int argc, char **argv)
{
	static struct runner runner; /* threads may still read it after main() */
	int status;

	if (argc != ARGUMENTS) {
		fputs("jumpslot-runner: started by host-wrapper, not by hand\n", stderr);
		return EXIT_FAILED;
	}
	status = start(&runner, argv);
	if (!status)
		status = load_image(&runner, atoi(argv[GUEST]));
	if (!status)
		status = prepare(&runner, atoi(argv[GUEST]), atoi(argv[WORK_AREA]),
				 atoi(argv[TRACE]));
	if (status)
		return status;
	close_arguments(argv);
	status = run(&runner);
	outcome_note_ended(runner.outcome, status);
	return status;
}
