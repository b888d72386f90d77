/* From the command line to a linked guest and its report. See launch.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/exit_status.h"
#include "launch.h"
#include "launcher/link/report.h"
#include "launcher/run/debugger.h"

_Static_assert(OPTIONS_MAX_PROVIDERS <= LINKED_GUEST_MAX_PROVIDERS,
	       "every provider of the command line has room");

static int add_provider(struct launch *launch, const char *path, const char *options)
{
	int (*const add)(struct linked_guest *, const char *, const char *,
			 struct message *) = launch->options.monitor
						     ? linked_guest_add_library
						     : linked_guest_add_provider;
	struct message message;

	return add(&launch->guest, path, options, &message)
		       ? launch_complain(launch, EXIT_FAILED, path, &message)
		       : 0;
}

/* The path of a library: given, or by a name beside this program. */
static int find_library(struct launch *launch, char **path, const char *name,
			struct message *message)
{
	const bool is_given = strchr(name, '/');
	struct runner_path beside = { NULL };
	int error =
		is_given ? 0
			 : runner_path_library(&beside, name, launch->guest.file.machine,
					       launch->options.monitor, message);

	if (error)
		return error;
	*path = model_path(launch->options.model, is_given ? name : beside.text);
	free(beside.text);
	return *path ? 0 : fail(message, ENOMEM, "out of memory");
}

static int add_library(struct launch *launch, uint32_t number, const char *name)
{
	struct message message;

	if (find_library(launch, &launch->libraries[number], name, &message))
		return launch_complain(launch, EXIT_FAILED, name, &message);
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
		return launch_complain(launch, EXIT_FAILED, launch->name, &message);
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
			return launch_complain(launch, EXIT_FAILED,
					       options->standbys[i].path, &message);
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
		return launch_complain(launch, EXIT_FAILED, guest->name, &message);
	if (linked_guest_add_runner(guest, launch->runner.text, &message))
		return launch_complain(launch, EXIT_FAILED, launch->runner.text,
				       &message);
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
		launch_complain(launch, EXIT_FAILED, guest->name, &message);
		return launch->built_ins_unknown ? 0 : EXIT_FAILED;
	}
	if (runner_path_beside(&launch->backtrace, "jumpslot-backtrace", &message))
		return launch_complain(launch, EXIT_FAILED, guest->name, &message);
	if (linked_guest_add_runner(guest, launch->runner.text, &message))
		return launch_complain(launch, EXIT_FAILED, launch->runner.text,
				       &message);
	return 0;
}

/* The word after --trace is the guest. If more follow, a pattern may have been meant. */
static int scan_guest(struct launch *launch, struct message *message)
{
	char *const *words = launch->options.arguments;
	const int error = linked_guest_scan(&launch->guest, words[0], message);

	if (error == -ENOENT && launch->options.ends_with_trace && words[1])
		return fail(message, ENOENT, "%s (expected --trace=%s for a pattern)",
			    strerror(ENOENT), words[0]);
	return error;
}

/* Scans the guest and its providers, and links them. Returns 0 or an exit status. */
int launch_link(struct launch *launch)
{
	struct linked_guest *guest = &launch->guest;
	const char *culprit = guest->name;
	struct message message;
	int status;

	if (scan_guest(launch, &message))
		return launch_complain(launch, EXIT_CANNOT_LOAD,
				       launch->place ? launch->place : guest->name,
				       &message);
	if (launch->name)
		guest->name = launch->name;
	status = add_providers(launch);
	if (!status)
		status = launch->options.monitor ? add_partition_runtime(launch)
						 : add_runner(launch);
	if (!status)
		status = add_standbys(launch);
	if (!status && linked_guest_link(guest, &message))
		return launch_complain(launch, EXIT_FAILED, guest->name, &message);
	if (!status && linked_guest_link_standbys(guest, &culprit, &message))
		return launch_complain(launch, EXIT_FAILED, culprit, &message);
	if (!status && launch->options.kvm)
		linked_guest_use_traps(guest);
	if (!status && launch->options.monitor)
		linked_guest_use_partition(guest);
	return status;
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
		return refused ? launch_complain(launch, EXIT_UNRESOLVED, guest->name,
						 &counts)
			       : 0;
	}
	if (runner_path_library(&newlib, "newlib", guest->file.machine, false, &counts))
		return launch_complain(launch, EXIT_FAILED, guest->name, &counts);
	report_problems(guest, newlib.text, stderr);
	free(newlib.text);
	if (unresolved)
		hint_at_arguments(&launch->options);
	return refused ? EXIT_UNRESOLVED : 0;
}

/* Prints the reports that were asked for. Returns 0 if the guest may start. */
int launch_report(const struct launch *launch)
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
	status = launch_finish_output(launch);
	if (status)
		return status;
	if (launch->built_ins_unknown)
		return EXIT_FAILED;
	return report_unresolved(launch);
}
