/*
 * The partitions of a model in processes or virtual machines of their own, which share
 * the channels of their ports. See launch.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/exit_status.h"
#include "common/printable.h"
#include "launch.h"
#include "launcher/run/partition_group.h"

/* Gives each partition its ports. */
static int make_ports(const struct launches *launches)
{
	static struct port_files ports[MODEL_MAX_PARTITIONS];
	struct port_files_partition partitions[MODEL_MAX_PARTITIONS];
	struct message message;

	for (size_t i = 0; i < launches->count; i++) {
		struct launch *launch = &launches->all[i];

		launch->ports = &ports[i];
		partitions[i] = (struct port_files_partition){
			.takes_interrupts = launch->guest.table.vcpu_state,
			.ports = &ports[i],
			.lines = &launch->lines,
		};
	}
	if (port_files_make(launches->model, partitions, &message))
		return launch_complain(launches->all, EXIT_FAILED,
				       launches->all->options.model, &message);
	return 0;
}

/* The earlier of the time-out and the end of the run ends a partition. */
static void limit_time(struct launch *launch)
{
	const uint64_t run_ns = launch->model->run_ns;
	uint64_t *timeout_ns = &launch->options.timeout_ns;

	if (!run_ns || (*timeout_ns && *timeout_ns <= run_ns))
		return;
	*timeout_ns = run_ns;
	launch->is_halted_in_time = true;
}

/* Every problem is seen before any partition starts. */
static int prepare_all(const struct launches *launches)
{
	int status = make_ports(launches);

	for (size_t i = 0; !status && i < launches->count; i++) {
		limit_time(&launches->all[i]);
		status = launch_prepare(&launches->all[i]);
	}
	return status;
}

/* Each in a process of its own: a process makes its layer of processes once. */
static int print_sandboxes(const struct launches *launches)
{
	struct message message;
	int status = 0;

	for (size_t i = 0; !status && i < launches->count; i++) {
		pid_t child;

		fflush(NULL);
		child = fork();
		if (!child) {
			status = launch_print_sandbox(&launches->all[i]);
			fflush(NULL);
			_exit(status);
		}
		if (child < 0 || waitpid(child, &status, 0) != child) {
			fail(&message, errno, "no process: %s", strerror(errno));
			return launch_complain(launches->all, EXIT_FAILED, NULL,
					       &message);
		}
		status = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILED;
	}
	return status;
}

/* In the process of the partition. */
static int run_partition(void *context, size_t number, int errors)
{
	const struct launches *launches = context;
	struct launch *launch = &launches->all[number];

	FILE *shown = fdopen(errors, "we");
	int status;

	launch->json = NULL; /* its report goes to the pipe of standard error */
	launch->errors = errors;
	launch->shown = shown;
	port_files_pass_on(launch->ports, &launch->lines);
	status = launch_start(launch);
	if (shown)
		fclose(shown);
	return status;
}

/* NULL without memory. */
static char *make_note(const struct options *options)
{
	char *note = NULL;
	size_t size;
	FILE *out = open_memstream(&note, &size);

	if (!out)
		return NULL;
	fputs("host-wrapper: ", out);
	print_escaped(options->model, out);
	fprintf(out,
		": slots, schedules, limits of memory and the health table have no "
		"effect with --host %s\n",
		options->kvm ? "kvm" : "process");
	fclose(out);
	return note;
}

/* The word before a report, and NULL if the partition has not started. */
static const char *take_standing(const char *text, size_t size)
{
	static const char *const words[] = { "exited", "stopped", "halted", "timeout",
					     "refused" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		const size_t length = strlen(words[i]);

		if (size > length && text[length] == '\n' &&
		    !memcmp(text, words[i], length))
			return words[i];
	}
	return NULL;
}

static bool is_whole(const struct partition_report *report)
{
	return report->size && report->text[report->size - 1] == '\n';
}

/* For the report of the whole model. A supervisor that was killed took its guest along,
 * and left no report or a part of one, which is lost. */
static void keep_report(struct launch *launch, struct partition_report *report)
{
	const char *word = take_standing(report->text, report->size);
	const size_t start = word ? strlen(word) + 1 : 0;

	launch->standing = word || !report->is_cut ? word : "stopped";
	if (is_whole(report))
		fwrite(report->text + start, 1, report->size - start, launch->json);
	free(report->text);
}

static int run_all(const struct launches *launches)
{
	struct partition_report reports[MODEL_MAX_PARTITIONS] = { 0 };
	const bool is_json = launches->all->options.report_json;
	struct partition_group group = {
		.count = launches->count,
		.console = PARTITION_GROUP_NO_CONSOLE,
		/* At the end of the run, readers get all. */
		.timeout_ns = launches->all->is_halted_in_time
				      ? 0
				      : launches->all->options.timeout_ns,
		.note = is_json ? NULL : make_note(&launches->all->options),
		.run = run_partition,
		.context = (void *)launches,
		.reports = is_json ? reports : NULL,
	};
	struct message message;
	int status;

	for (size_t i = 0; i < launches->count; i++) {
		group.names[i] = launches->all[i].name;
		if (launches->all[i].partition->options & MODEL_CONSOLE)
			group.console = i;
	}
	status = partition_group_run(&group, &message);
	free(group.note);
	for (size_t i = 0; is_json && i < launches->count; i++)
		if (reports[i].size || reports[i].is_cut)
			keep_report(&launches->all[i], &reports[i]);
	return status < 0 ? launch_complain(launches->all, EXIT_FAILED,
					    launches->all->options.model, &message)
			  : status;
}

int launch_in_processes(const struct launches *launches)
{
	int status = prepare_all(launches);

	if (status)
		return status;
	return launches->all->options.print_sandbox ? print_sandboxes(launches)
						    : run_all(launches);
}
