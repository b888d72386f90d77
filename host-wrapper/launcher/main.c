/*
 * host-wrapper: scans a guest, links it, and starts a runner for it. Composes what the
 * rooms provide. The only place of the launcher that prints errors and decides the exit
 * status.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jumpslot/external_abi.h>
#include "common/exit_status.h"
#include "common/landlock_version.h"
#include "launcher/link/linked_guest.h"
#include "launcher/link/needs.h"
#include "launcher/link/report.h"
#include "launcher/link/watched_calls.h"
#include "launcher/control_client.h"
#include "launcher/model/model_file.h"
#include "launcher/model/model_options.h"
#include "launcher/options.h"
#include "launcher/run/control.h"
#include "launcher/run/debugger.h"
#include "launcher/run/exit_report.h"
#include "launcher/run/filter.h"
#include "launcher/run/gdb_socket.h"
#include "launcher/run/irq_lines.h"
#include "launcher/run/monitor_report.h"
#include "launcher/run/monitor_start.h"
#include "launcher/run/plan_file.h"
#include "launcher/run/runner_path.h"
#include "launcher/run/sandbox_report.h"
#include "launcher/trace/stats.h"
#include "launcher/trace/trace.h"

_Static_assert(OPTIONS_MAX_PROVIDERS <= LINKED_GUEST_MAX_PROVIDERS,
	       "every provider of the command line has room");

/* Everything between the command line and the start. */
struct launch {
	struct options options;
	struct irq_lines lines;
	struct linked_guest guest;
	struct needs needs; /* none with --sandbox=off */
	struct watched_calls watch;
	struct control control;
	struct stats stats; /* at the end, with --stats or --unused */
	struct runner_path runner;
	struct runner_path backtrace;
	struct runner_path kernel; /* of the monitor */
	const char *name;	   /* of the partition; NULL: there is no model */
	char *place;		   /* of its guest in the model */
	char *path;		   /* of its guest */
	char *libraries[LINKED_GUEST_MAX_PROVIDERS]; /* paths */
	const struct model *model;		     /* NULL: none */
	const struct model_partition *partition;
	int gdb;		/* descriptor of its connection; 0: none */
	bool built_ins_unknown; /* no runner: a list may be incomplete */
};

static struct exit_report_run json_run(const struct launch *launch)
{
	return (struct exit_report_run){ .guest = &launch->guest,
					 .needs = &launch->needs,
					 .sandbox = launch->options.sandbox,
					 .stats = &launch->stats };
}

/* Says why the guest does not start: as JSON, if that report was asked for. */
static int complain(const struct launch *launch, int status, const char *object,
		    const struct message *message)
{
	const struct exit_report_run run = json_run(launch);

	if (launch->options.report_json)
		exit_report_json_refused(&run, status, object, message, stderr);
	else
		message_print(object, message);
	return status;
}

static int add_provider(struct launch *launch, const char *path, const char *options)
{
	int (*const add)(struct linked_guest *, const char *, const char *,
			 struct message *) = launch->options.monitor
						     ? linked_guest_add_library
						     : linked_guest_add_provider;
	struct message message;

	return add(&launch->guest, path, options, &message)
		       ? complain(launch, EXIT_FAILED, path, &message)
		       : 0;
}

/* The path of a library: given, or by a name beside this program. */
static int find_library(struct launch *launch, char **path, const char *name,
			struct message *message)
{
	const bool is_given = strchr(name, '/');
	struct runner_path beside;
	int error =
		is_given ? 0
			 : runner_path_library(&beside, name, launch->guest.file.machine,
					       launch->options.monitor, message);

	if (error)
		return error;
	*path = model_path(launch->options.model, is_given ? name : beside.text);
	return *path ? 0 : fail(message, ENOMEM, "out of memory");
}

static int add_library(struct launch *launch, uint32_t number, const char *name)
{
	struct message message;

	if (find_library(launch, &launch->libraries[number], name, &message))
		return complain(launch, EXIT_FAILED, name, &message);
	return add_provider(launch, launch->libraries[number], "");
}

static int add_libraries(struct launch *launch)
{
	const uint32_t *words;
	int status = 0;

	if (!launch->model)
		return 0;
	words = model_words(launch->model) + launch->partition->libraries.first;
	if (launch->partition->libraries.count + launch->guest.provider_count >
	    LINKED_GUEST_MAX_PROVIDERS) {
		struct message message;

		fail(&message, E2BIG, "too many libraries (expected at most %d)",
		     LINKED_GUEST_MAX_PROVIDERS);
		return complain(launch, EXIT_FAILED, launch->name, &message);
	}
	for (uint32_t i = 0; !status && i < launch->partition->libraries.count; i++)
		status = add_library(launch, i, model_string(launch->model, words[i]));
	return status;
}

static int add_providers(struct launch *launch)
{
	int status = 0;

	for (size_t i = 0; !status && i < launch->options.provider_count; i++)
		status = add_provider(launch, launch->options.providers[i].path,
				      launch->options.providers[i].options);
	return status ? status : add_libraries(launch);
}

/* After the runner: the first provider that has a function serves it. */
static int add_standbys(struct launch *launch)
{
	const struct options *options = &launch->options;
	struct message message;

	for (size_t i = 0; i < options->standby_count; i++)
		if (linked_guest_add_standby(&launch->guest, options->standbys[i].path,
					     options->standbys[i].options, &message))
			return complain(launch, EXIT_FAILED, options->standbys[i].path,
					&message);
	return 0;
}

/* Only the dynamic linker's list shows a debugger a guest without fixed addresses. */
static bool needs_dynamic_runner(const struct launch *launch)
{
	const struct options *options = &launch->options;

	if (options->provider_count || options->standby_count)
		return true;
	return launch->guest.image.position_independent &&
	       (options->wait_gdb || options->core || debugger_traces());
}

static enum runner_kind runner_kind(const struct launch *launch)
{
	if (launch->options.kvm)
		return RUNNER_KVM;
	return needs_dynamic_runner(launch) ? RUNNER_PROCESS : RUNNER_STATIC;
}

/* The built-in services of a partition are in the monitor's runtime. */
static int add_partition_runtime(struct launch *launch)
{
	struct linked_guest *guest = &launch->guest;
	struct message message;

	if (runner_path_partition(&launch->runner, guest->file.machine, &message) ||
	    runner_path_beside(&launch->kernel, "jumpslot-monitor", &message))
		return complain(launch, EXIT_FAILED, guest->name, &message);
	if (linked_guest_add_runner(guest, launch->runner.text, &message))
		return complain(launch, EXIT_FAILED, launch->runner.text, &message);
	return 0;
}

static int add_runner(struct launch *launch)
{
	struct linked_guest *guest = &launch->guest;
	struct message message;

	if (runner_path_find(&launch->runner, guest->file.machine, runner_kind(launch),
			     &message)) {
		/* A list is useful without the built-in services, too. */
		launch->built_ins_unknown = launch->options.list || launch->options.json;
		complain(launch, EXIT_FAILED, guest->name, &message);
		return launch->built_ins_unknown ? 0 : EXIT_FAILED;
	}
	if (runner_path_beside(&launch->backtrace, "jumpslot-backtrace", &message))
		return complain(launch, EXIT_FAILED, guest->name, &message);
	if (linked_guest_add_runner(guest, launch->runner.text, &message))
		return complain(launch, EXIT_FAILED, launch->runner.text, &message);
	return 0;
}

/* Scans the guest and its providers, and links them. Returns 0 or an exit status. */
static int link_guest(struct launch *launch)
{
	struct linked_guest *guest = &launch->guest;
	const char *culprit = guest->name;
	struct message message;
	int status;

	if (linked_guest_scan(guest, launch->options.arguments[0], &message))
		return complain(launch, EXIT_CANNOT_LOAD,
				launch->place ? launch->place : guest->name, &message);
	if (launch->name)
		guest->name = launch->name;
	status = add_providers(launch);
	if (!status)
		status = launch->options.monitor ? add_partition_runtime(launch)
						 : add_runner(launch);
	if (!status)
		status = add_standbys(launch);
	if (!status && linked_guest_link(guest, &message))
		return complain(launch, EXIT_FAILED, guest->name, &message);
	if (!status && linked_guest_link_standbys(guest, &culprit, &message))
		return complain(launch, EXIT_FAILED, culprit, &message);
	if (!status && launch->options.kvm)
		linked_guest_use_traps(guest);
	if (!status && launch->options.monitor)
		linked_guest_use_partition(guest);
	return status;
}

/* Returns 0 if everything that was printed arrived, or an exit status. */
static int finish_output(const struct launch *launch)
{
	struct message message;

	/* ferror(): an earlier write of a long report may have failed. */
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	fail(&message, errno, "%s", strerror(errno));
	return complain(launch, EXIT_FAILED, "standard output", &message);
}

/* Options after the guest's name are the guest's, which is easily overlooked. */
static void hint_at_arguments(const struct options *options)
{
	for (size_t i = 1; i < options->argument_count; i++)
		if (!strncmp(options->arguments[i], "--provider", 10))
			fputs("  hint: --provider after the guest's name is an argument "
			      "of the guest\n",
			      stderr);
}

/* In JSON, the report of the end has the imports. Returns 0 if the guest may start. */
static int report_unresolved(const struct launch *launch)
{
	const struct linked_guest *guest = &launch->guest;
	const bool unresolved = guest->result.missing || guest->result.mismatched;
	const bool refused = unresolved && !launch->options.allow_missing;
	struct runner_path newlib;
	struct message counts;

	if (launch->options.report_json) {
		report_counts(guest, &counts);
		return refused ? complain(launch, EXIT_UNRESOLVED, guest->name, &counts)
			       : 0;
	}
	if (runner_path_library(&newlib, "newlib", guest->file.machine, false, &counts))
		return complain(launch, EXIT_FAILED, guest->name, &counts);
	report_problems(guest, newlib.text, stderr);
	if (unresolved)
		hint_at_arguments(&launch->options);
	return refused ? EXIT_UNRESOLVED : 0;
}

/* Prints the reports that were asked for. Returns 0 if the guest may start. */
static int report(const struct launch *launch)
{
	const struct linked_guest *guest = &launch->guest;
	int status;

	if (launch->options.json)
		report_json(guest, stdout);
	else if (launch->options.list)
		report_table(guest, stdout);
	else if (launch->options.report)
		report_table(guest, stderr);
	if (launch->options.report && launch->options.sandbox == SANDBOX_OFF)
		fputs("  sandbox OFF: the guest can make every system call\n", stderr);
	status = finish_output(launch);
	if (status)
		return status;
	if (launch->built_ins_unknown)
		return EXIT_FAILED;
	return report_unresolved(launch);
}

/* Landlock cannot tell a core file from others in its directory. */
static int check_core(const struct launch *launch)
{
	const struct need *need = needs_file_by_path(&launch->needs);
	struct message message;

	if (!launch->options.core || !need)
		return 0;
	fail(&message, EINVAL,
	     "--core cannot be combined with a function that opens files: %s needs %s "
	     "(--sandbox=off runs it as it is)",
	     need->who, need->call);
	return complain(launch, EXIT_FAILED, need->provider, &message);
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
		return complain(launch, EXIT_FAILED, object, &message);
	return check_core(launch);
}

/* Finds the imports whose calls are traced, counted or changed. Returns 0 or an exit
 * status. */
static int make_watch(struct launch *launch)
{
	const struct options *options = &launch->options;
	const bool asked = options->trace || options->stats || options->unused ||
			   options->control || options->rule_count;
	const struct watch_request request = {
		.patterns = options->trace_patterns,
		.pattern_count = options->trace_pattern_count,
		.trace = options->trace,
		.count = options->stats,
		.later = options->control,
		.seed = options->seed,
	};
	struct message message;
	int error = 0;

	launch->guest.policy = &launch->watch.policy;
	if (asked) /* its tables are large */
		error = watch_make(&launch->watch, &launch->guest, &request, &message);
	if (!error && launch->watch.records && options->in_place)
		error = fail(&message, EINVAL,
			     "a policy with log needs the supervisor, which neither "
			     "--in-place nor a debugger has");
	return error ? complain(launch, EXIT_FAILED, NULL, &message) : 0;
}

static int make_plan(const struct launch *launch, struct message *message)
{
	const struct linked_guest *guest = &launch->guest;
	struct filter filter = { 0 };
	int plan;

	if (launch->options.sandbox != SANDBOX_OFF &&
	    filter_compile(&filter, &launch->needs, guest->file.machine->number,
			   &launch->lines, message))
		return -1;
	plan = plan_file_create(guest, &launch->options, &launch->lines, &launch->watch,
				&filter, launch->gdb, message);
	filter_free(&filter);
	return plan;
}

/* After the guest's end: what was traced and counted. Returns 0 or an exit status. */
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
	if (trace_finish(trace, result->fault, &message))
		status = complain(launch, EXIT_FAILED, NULL, &message);
	if (stats_take(&launch->stats, trace, &launch->guest, result->end_ns)) {
		fail(&message, ENOMEM, "out of memory");
		status = complain(launch, EXIT_FAILED, NULL, &message);
	}
	trace_close(trace);
	return status;
}

static void print_end(const struct launch *launch, const struct run_result *result)
{
	const struct exit_report_run report = json_run(launch);

	if (launch->options.report_json) {
		exit_report_json(&report, result, stderr);
		return;
	}
	exit_report_print(&launch->guest, result, stderr);
	if (launch->options.stats)
		stats_print(&launch->stats, &launch->guest, stderr);
	if (launch->options.unused)
		stats_print_unused(&launch->stats, &launch->guest, stderr);
}

static int supervise_guest(struct launch *launch, struct run *run)
{
	const struct options *options = &launch->options;
	const struct trace_setup setup = {
		.guest = &launch->guest,
		.watch = &launch->watch,
		.file = options->trace_file,
		.text = options->trace && !options->trace_file,
		.calls = options->control,
		.lines = launch->backtrace.text,
		.terminal = STDERR_FILENO,
	};
	const char *name = launch->guest.name;
	struct run_result result;
	struct message message;
	int status;

	if ((launch->watch.records || options->stats || options->unused) &&
	    trace_open(&run->trace, &setup, &message))
		return complain(launch, EXIT_FAILED, name, &message);
	if (supervise(run, &result, &message)) {
		trace_close(run->trace);
		return complain(launch, EXIT_FAILED, name, &message);
	}
	status = finish_trace(launch, run->trace, &result);
	print_end(launch, &result);
	return status ? status : exit_report_status(&launch->guest, &result);
}

static int run_guest(struct launch *launch)
{
	const struct linked_guest *guest = &launch->guest;
	struct run run = {
		.runner = launch->runner.text,
		.backtrace = launch->backtrace.text,
		.guest = guest->file.fd,
		.imports = &guest->table,
		.work_area_size = launch->options.work_area_size,
		.timeout_ns = launch->options.timeout_ns,
		.raw = launch->options.raw,
		.strict = launch->options.sandbox == SANDBOX_STRICT,
		.shown = stderr,
		.lines = &launch->lines,
		.gdb = launch->gdb,
		.control = &launch->control,
	};
	struct message message;

	run.plan = make_plan(launch, &message);
	if (run.plan < 0)
		return complain(launch, EXIT_FAILED, guest->name, &message);
	if (launch->options.in_place) {
		run_in_place(&run, &message);
		return complain(launch, EXIT_FAILED, guest->name, &message);
	}
	return supervise_guest(launch, &run);
}

static int accept_gdb(struct launch *launch, struct message *message)
{
	if (!launch->options.gdb)
		return 0;
	launch->gdb = gdb_socket_accept(launch->options.gdb, launch->guest.name, message);
	return launch->gdb < 0 ? launch->gdb : 0;
}

static int start(struct launch *launch)
{
	struct message message;
	int status;

	if (launch->lines.count && !launch->guest.table.vcpu_state) {
		fail(&message, EINVAL,
		     "--line: it takes no interrupts (jumpslot/virt_cpu.h)");
		return complain(launch, EXIT_FAILED, launch->guest.name, &message);
	}
	if (irq_lines_open(&launch->lines, &message))
		return complain(launch, EXIT_FAILED, NULL, &message);
	if (accept_gdb(launch, &message))
		return complain(launch, EXIT_FAILED, launch->guest.name, &message);
	launch->control.guest = &launch->guest;
	launch->control.counts = launch->options.stats;
	if (control_open(&launch->control, launch->options.control, &launch->lines,
			 &message)) {
		irq_lines_remove(&launch->lines);
		return complain(launch, EXIT_FAILED, NULL, &message);
	}
	status = run_guest(launch);
	irq_lines_remove(&launch->lines);
	return status;
}

/* Refuses as a start would, if a layer is missing. */
static int require_layers(const struct guest_processes *processes,
			  struct message *message)
{
	if (landlock_version() < LANDLOCK_NEEDED)
		return fail(message, EOPNOTSUPP,
			    "--sandbox strict: this kernel has no Landlock");
	return guest_processes_require_namespace(processes, message);
}

/* Makes the layer of processes that a start would have, to say which it is. */
static int print_sandbox(const struct launch *launch)
{
	const struct options *options = &launch->options;
	struct guest_processes processes;
	struct message message;
	int error;

	if (!options->in_place) {
		if (guest_processes_start(&processes, 0, &message))
			return complain(launch, EXIT_FAILED, launch->guest.name,
					&message);
		error = options->sandbox == SANDBOX_STRICT
				? require_layers(&processes, &message)
				: 0;
		guest_processes_end(&processes);
		if (error)
			return complain(launch, EXIT_FAILED, launch->guest.name,
					&message);
	}
	sandbox_report(&launch->guest, &launch->needs, options,
		       options->in_place ? NULL : &processes, stdout);
	return finish_output(launch);
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
		return complain(launch, EXIT_FAILED, launch->guest.name, &message);
	}
	while ((lost = options_drop_supervised(options)))
		fprintf(stderr, "host-wrapper: %s has no effect under a debugger\n",
			lost);
	options->in_place = true;
	return 0;
}

/* The guests of a model, or one guest. */
struct launches {
	struct launch *all;
	size_t count;
	const struct model *model; /* NULL: none */
};

/* Prints how each partition ended, and returns the first status that is not 0. */
static int report_ends(const struct monitor_guests *guests, const struct monitor_run *run,
		       const struct run_result *results)
{
	int status = 0;

	monitor_report_health(guests, run, stderr);
	for (size_t i = 0; i < guests->count; i++) {
		const struct linked_guest *guest = guests->guests[i].guest;

		exit_report_print(guest, &results[i], stderr);
		if (guests->model)
			monitor_report_end(&guests->guests[i], &run->ends[i], stderr);
		if (!status)
			status = exit_report_status(guest, &results[i]);
	}
	return status;
}

static int start_in_monitor(const struct launches *launches)
{
	const struct launch *first = launches->all;
	struct monitor_guest guests[MODEL_MAX_PARTITIONS];
	const struct monitor_guests all = { guests, launches->count, launches->model };
	static struct run_result results[MODEL_MAX_PARTITIONS];
	static struct monitor_run run;
	struct message message;
	const char *object;

	for (size_t i = 0; i < launches->count; i++)
		guests[i] = (struct monitor_guest){
			.guest = &launches->all[i].guest,
			.options = &launches->all[i].options,
			.runtime = launches->all[i].runner.text,
		};
	if (monitor_start(&all, &first->options, first->kernel.text, &run, results,
			  &object, &message))
		return complain(first, EXIT_FAILED, object, &message);
	if (first->options.image)
		return 0;
	return report_ends(&all, &run, results);
}

static int launch_guest(struct launch *launch)
{
	int status = link_guest(launch);

	if (!status)
		status = report(launch);
	if (status || launch->options.list || launch->options.json)
		return status;
	if (launch->options.monitor)
		return start_in_monitor(&(struct launches){ launch, 1, NULL });
	status = join_debugger(launch);
	if (!status)
		status = make_watch(launch);
	if (!status)
		status = collect_needs(launch);
	if (status || !launch->options.print_sandbox)
		return status ? status : start(launch);
	return print_sandbox(launch);
}

/* Fills in the launch of one partition, which remains until the end. */
static int make_launch(struct launch *to, const struct launch *launch,
		       const struct model *model, uint32_t number,
		       struct message *message)
{
	const struct model_partition *record = &model_partitions(model)[number];

	*to = *launch;
	to->model = model;
	to->partition = record;
	to->name = model_string(model, record->name);
	to->guest.name = to->name;
	to->path = model_path(launch->options.model, model_string(model, record->guest));
	if (!to->path ||
	    asprintf(&to->place, "%s:%u: %s", model_string(model, model->source),
		     record->guest_line, to->path) < 0)
		return fail(message, ENOMEM, "out of memory");
	return model_options(&to->options, &launch->options, model, number, to->path,
			     message);
}

static int make_launches(struct launches *launches, const struct launch *launch,
			 const struct model *model)
{
	static struct launch all[MODEL_MAX_PARTITIONS];
	struct message message;

	launches->model = model;
	launches->all = all;
	for (uint32_t i = 0; i < model->partitions.count; i++) {
		if (make_launch(&all[i], launch, model, i, &message))
			return complain(launch, EXIT_FAILED, launch->options.model,
					&message);
		launches->count++;
	}
	return 0;
}

/* Scans, links and reports all guests, so that every problem is seen at once. Returns the
 * first status that is not 0. */
static int link_all(const struct launches *launches)
{
	int status = 0;

	for (size_t i = 0; i < launches->count; i++) {
		int its = link_guest(&launches->all[i]);

		if (!its)
			its = report(&launches->all[i]);
		status = status ? status : its;
	}
	return status;
}

/* Runs the partitions of a model. */
static int launch_model(const struct launch *launch)
{
	const struct options *options = &launch->options;
	struct launches launches = { 0 };
	struct runner_path compiler;
	struct message message;
	struct model *model;
	int status;

	if (runner_path_beside(&compiler, "../gen/monitor-model", &message))
		return complain(launch, EXIT_FAILED, NULL, &message);
	if (model_read(&model, options->model, compiler.text, &message))
		return complain(launch, EXIT_FAILED, NULL, &message);
	status = make_launches(&launches, launch, model);
	if (!status)
		status = link_all(&launches);
	if (status || options->list || options->json)
		return status;
	if (options->monitor)
		return start_in_monitor(&launches);
	fail(&message, ENOSYS, "--model needs --host monitor");
	return complain(launch, EXIT_FAILED, NULL, &message);
}

/*
 * Opens standard descriptors that are closed: the next file that a provider opens would
 * get the number, and the guest's output would go there. They are opened the wrong way
 * round, so that using them still fails.
 */
static void fill_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* Before other descriptors are closed: a file may be one of them, as <(command) is. */
static int read_policy(struct policy *policy, const struct options *options,
		       struct message *message)
{
	int error = 0;

	for (size_t i = 0; !error && i < options->rule_count; i++)
		error = options->rules[i].is_file
				? policy_add_file(policy, options->rules[i].text, message)
				: policy_add(policy, options->rules[i].text, message);
	return error;
}

int main(int argc, char **argv)
{
	static struct launch launch;
	struct message message;

	fill_standard_descriptors();
	if (argc > 2 && !strcmp(argv[1], "ctl") && !strcmp(argv[2], "--help")) {
		fputs(control_client_help, stdout);
		return finish_output(&launch);
	}
	if (argc > 1 && !strcmp(argv[1], "ctl")) {
		if (!control_client(argc - 2, argv + 2, &message))
			return finish_output(&launch);
		message_print(NULL, &message);
		return EXIT_FAILED;
	}
	if (options_read(&launch.options, argc, argv, &message)) {
		message_print(NULL, &message);
		return EXIT_FAILED;
	}
	if (launch.options.help) {
		fputs(options_help, stdout);
		return finish_output(&launch);
	}
	if (launch.options.version) {
		printf("host-wrapper %s, ABI %u\n", JUMPSLOT_VERSION,
		       JUMPSLOT_ABI_VERSION);
		return finish_output(&launch);
	}
	if (launch.options.monitor && monitor_check_options(&launch.options, &message)) {
		message_print(NULL, &message);
		return EXIT_FAILED;
	}
	launch.guest.name =
		launch.options.model ? launch.options.model : launch.options.arguments[0];
	if (read_policy(&launch.watch.policy, &launch.options, &message))
		return complain(&launch, EXIT_FAILED, NULL, &message);
	if (irq_lines_inherit(&launch.lines, &launch.options, &message))
		return complain(&launch, EXIT_FAILED, NULL, &message);
	if (launch.options.sandbox != SANDBOX_OFF &&
	    irq_lines_close_others(&launch.lines, &message))
		return complain(&launch, EXIT_FAILED, NULL, &message);
	return launch.options.model ? launch_model(&launch) : launch_guest(&launch);
}
