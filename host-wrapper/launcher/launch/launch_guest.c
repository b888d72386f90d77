/* One guest, in a process or a virtual machine. See launch.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/exit_status.h"
#include "common/kvm_device.h"
#include "common/landlock_version.h"
#include "launch.h"
#include "launcher/run/debugger.h"
#include "launcher/run/filter.h"
#include "launcher/run/gdb_socket.h"
#include "launcher/run/last_report.h"
#include "launcher/run/plan_file.h"
#include "launcher/run/sandbox_probe.h"
#include "launcher/run/sandbox_report.h"
#include "launcher/trace/trace.h"

/* Landlock cannot tell a core file from others in its directory. */
static int check_core(const struct launch *launch)
{
	const struct need *need =
		launch->options.core ? needs_file_by_path(&launch->needs) : NULL;
	struct message message;

	if (!need)
		return 0;
	fail(&message, EINVAL,
	     "--core cannot be combined with a function that opens files: %s needs %s "
	     "(--sandbox=off runs it as it is)",
	     need->who, need->call);
	return launch_complain(launch, EXIT_FAILED, need->provider, &message);
}

/* Finds the system calls that the guest may make. Returns 0 or an exit status. */
static int collect_needs(struct launch *launch)
{
	const struct needs_facts facts = {
		.lines = launch->lines.count || launch->options.control,
		.guest_clock = launch->options.clock_guest,
		.report = launch->options.report,
		.trace = launch->watch.records || launch->options.stats ||
			 launch->watch.delays,
		.delay = launch->watch.delays,
		.gdb = launch->options.gdb,
	};
	struct message message;
	const char *object;

	if (launch->options.sandbox == SANDBOX_OFF)
		return 0;
	if (needs_collect(&launch->needs, &launch->guest, &facts, &object, &message))
		return launch_complain(launch, EXIT_FAILED, object, &message);
	return check_core(launch);
}

static struct watch_request make_request(const struct launch *launch)
{
	const struct options *options = &launch->options;

	return (struct watch_request){
		.patterns = options->trace_patterns,
		.partition = launch->name,
		.pattern_count = options->trace_pattern_count,
		.trace = options->trace,
		.count = options->stats,
		.later = options->control,
		.seed = options->seed,
	};
}

/* Finds the imports whose calls are traced, counted or changed. Returns 0 or an exit
 * status. */
static int make_watch(struct launch *launch)
{
	const struct options *options = &launch->options;
	const bool asked = options->trace || options->stats || options->unused ||
			   options->control || options->rule_count;
	const struct watch_request request = make_request(launch);
	struct message message;
	int error = 0;

	launch->guest.policy = &launch->watch.policy;
	if (asked) /* its tables are large */
		error = watch_make(&launch->watch, &launch->guest, &request, &message);
	if (!error && launch->watch.records && options->in_place)
		error = fail(&message, EINVAL,
			     "a policy with log needs the supervisor, which neither "
			     "--in-place nor a debugger has");
	return error ? launch_complain(launch, EXIT_FAILED, NULL, &message) : 0;
}

int launch_check_patterns(const struct launches *launches)
{
	const struct watch_request request = make_request(launches->all);
	struct watch_scope scopes[MODEL_MAX_PARTITIONS];
	struct message message;

	for (size_t i = 0; i < launches->count; i++)
		scopes[i] = (struct watch_scope){ &launches->all[i].guest,
						  launches->all[i].name };
	return watch_check_used(scopes, launches->count, &launches->all->watch.policy,
				&request, &message)
		       ? launch_complain(launches->all, EXIT_FAILED,
					 launches->model ? launches->all->options.model
							 : NULL,
					 &message)
		       : 0;
}

static int make_plan(const struct launch *launch, struct message *message)
{
	struct filter filter = { 0 };
	const struct plan_parts parts = {
		.guest = &launch->guest,
		.options = &launch->options,
		.lines = &launch->lines,
		.ports = launch->ports,
		.watch = &launch->watch,
		.filter = &filter,
		.gdb = launch->gdb,
	};
	int plan;

	if (launch->options.sandbox != SANDBOX_OFF &&
	    filter_compile(&filter, &launch->needs, launch->guest.file.machine->number,
			   &launch->lines, launch->ports, message))
		return -1;
	plan = plan_file_create(&parts, message);
	filter_free(&filter);
	return plan;
}

/* After the guest's end: the rest of the text, and what was counted. Returns 0 or an exit
 * status. */
static int finish_trace(struct launch *launch, struct trace *trace,
			const struct run_result *result)
{
	const struct options *options = &launch->options;
	struct message message;
	int status = 0;

	if (!trace)
		return 0;
	launch->stats.counted = options->stats;
	launch->stats.unused = options->unused;
	if (trace_finish_text(trace, &message))
		status = launch_complain(launch, EXIT_FAILED, NULL, &message);
	if (stats_take(&launch->stats, trace, &launch->guest, result->end_ns)) {
		fail(&message, ENOMEM, "out of memory");
		status = launch_complain(launch, EXIT_FAILED, NULL, &message);
	}
	trace_close(trace);
	return status;
}

/* A partition of a model: how it ended, and what is left to report of it. Partitions that
 * have not ended when the model's run ends have no fault. */
static void judge_partition(struct launch *launch, struct run_result *result)
{
	const bool is_halted = launch->is_halted_in_time && result->timed_out;

	if (is_halted) {
		launch->standing = "halted";
		result->timed_out = false;
		result->status = 0;
		result->outcome = (struct outcome){ 0 };
	} else if (result->timed_out) {
		launch->standing = "timeout";
	} else if (exit_report_has_refused(result)) {
		launch->standing = "refused";
	} else {
		launch->standing = WIFEXITED(result->status) ? "exited" : "stopped";
	}
}

/* The standing of a partition goes before its report, for the process that reports all
 * of them. */
static void print_json(const struct launch *launch, const struct run_result *result)
{
	const struct exit_report_run report = launch_json_run(launch);

	if (launch->standing)
		fprintf(stderr, "%s\n", launch->standing);
	exit_report_json(&report, result, stderr);
}

static void print_end(const struct launch *launch, const struct run_result *result)
{
	if (launch->options.report_json) {
		print_json(launch, result);
		return;
	}
	/* The runner of a single guest has printed that itself. */
	if (launch->name && exit_report_has_refused(result))
		message_print(launch->name, &result->refusal);
	exit_report_ports(&launch->guest, result, stderr);
	exit_report_print(&launch->guest, result, stderr);
	if (launch->standing)
		exit_report_partition(&launch->guest, result,
				      !strcmp(launch->standing, "halted"), stderr);
	if (launch->options.stats)
		stats_print(&launch->stats, &launch->guest, stderr);
	if (launch->options.unused)
		stats_print_unused(&launch->stats, &launch->guest, stderr);
}

/* The last words come after the end of the trace's file: if the user has asked for the
 * end of the run, they have a limit of time, which the file has not. */
static int report_end(struct launch *launch, struct trace *trace,
		      const struct run_result *result, bool asked_for)
{
	const int status = exit_report_status(&launch->guest, result);
	struct message message;
	bool is_cut;
	int incomplete;

	last_report_outlive_reader();
	is_cut = trace && trace_finish_file(trace, result->fault, asked_for, &message);
	last_report_begin(is_cut ? EXIT_FAILED : status, asked_for);
	incomplete = finish_trace(launch, trace, result);
	if (is_cut)
		incomplete = launch_complain(launch, EXIT_FAILED, NULL, &message);
	print_end(launch, result);
	return incomplete ? incomplete : status;
}

static int supervise_guest(struct launch *launch, struct run *run)
{
	const struct options *options = &launch->options;
	const struct trace_setup setup = {
		.guest = &launch->guest,
		.watch = &launch->watch,
		.file = launch->child ? NULL : options->trace_file,
		.events =
			launch->child && options->trace_file ? launch->child->events : 0,
		.number = launch->number,
		.start = launch->start,
		.text = options->trace && !options->trace_file,
		.calls = options->control,
		.lines = launch->backtrace.text,
		.terminal = launch->child ? launch->child->trace : STDERR_FILENO,
	};
	const char *name = launch->guest.name;
	struct run_result result;
	struct message message;
	bool asked_for;

	if ((launch->watch.records || options->stats || options->unused) &&
	    trace_open(&run->trace, &setup, &message))
		return launch_complain(launch, EXIT_FAILED, name, &message);
	if (supervise(run, &result, &message)) {
		trace_close(run->trace);
		return launch_complain(launch, EXIT_FAILED, name, &message);
	}
	asked_for = exit_report_was_asked_for(&result);
	if (launch->name)
		judge_partition(launch, &result);
	return report_end(launch, run->trace, &result, asked_for);
}

static int run_guest(struct launch *launch)
{
	const struct linked_guest *guest = &launch->guest;
	struct run run = {
		.runner = launch->runner.text,
		.backtrace = launch->backtrace.text,
		.guest = guest->file.fd,
		.errors = launch->child ? launch->child->errors : 0,
		.mask = launch->child ? launch->child->mask : NULL,
		.imports = &guest->table,
		.work_area_size = launch->options.work_area_size,
		.timeout_ns = launch->options.timeout_ns,
		.raw = launch->options.raw,
		.strict = launch->options.sandbox == SANDBOX_STRICT,
		.shown = launch->shown ? launch->shown : stderr,
		.lines = &launch->lines,
		.gdb = launch->gdb,
		.control = &launch->control,
	};
	struct message message;

	run.plan = make_plan(launch, &message);
	if (run.plan < 0)
		return launch_complain(launch, EXIT_FAILED, guest->name, &message);
	if (launch->options.in_place) {
		run_in_place(&run, &message);
		return launch_complain(launch, EXIT_FAILED, guest->name, &message);
	}
	return supervise_guest(launch, &run);
}

/* Nobody should connect a debugger to a guest that cannot start. */
static int accept_gdb(struct launch *launch, struct message *message)
{
	int device;

	if (!launch->options.gdb)
		return 0;
	device = kvm_device_open(message);
	if (device < 0)
		return device;
	close(device);
	launch->gdb = gdb_socket_accept(launch->options.gdb, launch->guest.name, message);
	return launch->gdb < 0 ? launch->gdb : 0;
}

int launch_start(struct launch *launch)
{
	struct message message;
	int status;

	if (launch->lines.count && !launch->guest.table.vcpu_state) {
		fail(&message, EINVAL,
		     "--line: it takes no interrupts (jumpslot/virt_cpu.h)");
		return launch_complain(launch, EXIT_FAILED, launch->guest.name, &message);
	}
	if (accept_gdb(launch, &message))
		return launch_complain(launch, EXIT_FAILED, launch->guest.name, &message);
	if (irq_lines_open(&launch->lines, &message))
		return launch_complain(launch, EXIT_FAILED, NULL, &message);
	launch->control.guest = &launch->guest;
	launch->control.watch = &launch->watch;
	launch->control.counts = launch->options.stats;
	if (control_open(&launch->control, launch->options.control, &launch->lines,
			 &message)) {
		irq_lines_remove(&launch->lines);
		return launch_complain(launch, EXIT_FAILED, NULL, &message);
	}
	status = run_guest(launch);
	irq_lines_remove(&launch->lines);
	return status;
}

/* Refuses as a start would, if a layer is missing that every start needs. */
static int probe_layers(const struct launch *launch, struct message *message)
{
	if (launch->options.sandbox == SANDBOX_OFF)
		return 0;
	return sandbox_probe(launch->options.core, needs_processes(&launch->needs),
			     message);
}

/* The same for those that --sandbox=strict needs too. */
static int require_layers(const struct guest_processes *processes,
			  struct message *message)
{
	if (landlock_version() < LANDLOCK_NEEDED)
		return fail(message, EOPNOTSUPP,
			    "--sandbox strict: this kernel has no Landlock");
	return guest_processes_require_namespace(processes, message);
}

/* Makes the layer of processes that a start would have, to say which it is. */
int launch_print_sandbox(const struct launch *launch)
{
	const struct options *options = &launch->options;
	struct guest_processes processes;
	struct message message;
	int error;

	/* First: no process can start after the end of the namespace below. */
	if (probe_layers(launch, &message))
		return launch_complain(launch, EXIT_FAILED, launch->guest.name, &message);
	if (!options->in_place) {
		if (guest_processes_start(&processes, NULL, &message))
			return launch_complain(launch, EXIT_FAILED, launch->guest.name,
					       &message);
		error = options->sandbox == SANDBOX_STRICT
				? require_layers(&processes, &message)
				: 0;
		guest_processes_end(&processes);
		if (error)
			return launch_complain(launch, EXIT_FAILED, launch->guest.name,
					       &message);
	}
	sandbox_report(&launch->guest, &launch->needs, options,
		       options->in_place ? NULL : &processes, stdout);
	return launch_finish_output(launch);
}

/*
 * A debugger follows this process, and loses a child: under one, this process becomes the
 * runner, as with --in-place. Returns 0 or an exit status.
 */
static int join_debugger(struct launch *launch)
{
	struct options *options = &launch->options;
	struct message message;
	const char *lost;

	if (options->in_place || !debugger_traces())
		return 0;
	if (options->sandbox == SANDBOX_STRICT) {
		fail(&message, EPERM,
		     "--sandbox=strict: no PID namespace under a debugger");
		return launch_complain(launch, EXIT_FAILED, launch->guest.name, &message);
	}
	while ((lost = options_drop_supervised(options)))
		fprintf(stderr, "host-wrapper: %s has no effect under a debugger\n",
			lost);
	options->in_place = true;
	return 0;
}

int launch_prepare(struct launch *launch)
{
	int status = make_watch(launch);

	return status ? status : collect_needs(launch);
}

int launch_guest(struct launch *launch)
{
	int status = launch_link(launch);

	if (!status)
		status = launch_report(launch);
	if (status || launch->options.list || launch->options.json)
		return status;
	if (launch->options.monitor)
		return launch_in_monitor(launch);
	status = join_debugger(launch);
	if (!status)
		status = launch_prepare(launch);
	if (!status)
		status = launch_check_patterns(&(struct launches){ launch, 1, NULL });
	if (status || !launch->options.print_sandbox)
		return status ? status : launch_start(launch);
	return launch_print_sandbox(launch);
}
