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
#include "common/monotonic.h"
#include "common/printable.h"
#include "launch.h"
#include "launcher/output_file.h"
#include "launcher/run/core_pattern.h"
#include "launcher/run/partition_group.h"
#include "launcher/trace/trace_json.h"

/* Of the whole model. */
static int complain(const struct launches *launches, const struct message *message)
{
	return launch_complain(launches->all, EXIT_FAILED, launches->all->options.model,
			       message);
}

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
	return port_files_make(launches->model, partitions, &message)
		       ? complain(launches, &message)
		       : 0;
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
	struct message message;
	int status = make_ports(launches);

	if (!status && launches->count > 1 && launches->all->options.core &&
	    core_pattern_check(&message))
		status = complain(launches, &message);
	for (size_t i = 0; !status && i < launches->count; i++) {
		limit_time(&launches->all[i]);
		status = launch_prepare(&launches->all[i]);
	}
	return status ? status : launch_check_patterns(launches);
}

/* Makes no file before all names are good. Returns a descriptor, or a negative errno. */
static int open_trace_file(const struct launches *launches, struct message *message)
{
	const struct options *options = &launches->all->options;
	int error = 0;

	for (size_t i = 0; !error && i < launches->count; i++)
		error = output_file_spare_guest(options->trace_file,
						&launches->all[i].guest, message);
	if (!error)
		error = output_file_spare(options->trace_file, options->model,
					  "the model", message);
	return error ? error
		     : output_file_open(options->trace_file, &launches->all->guest,
					message);
}

/* The text before all events; NULL without memory. */
static char *make_head(const struct launches *launches)
{
	const char *names[MODEL_MAX_PARTITIONS];
	char *head = NULL;
	size_t size;
	FILE *out = open_memstream(&head, &size);

	if (!out)
		return NULL;
	for (size_t i = 0; i < launches->count; i++)
		names[i] = launches->all[i].name;
	trace_json_head(names, launches->count, out);
	if (fclose(out)) {
		free(head);
		return NULL;
	}
	return head;
}

/* `head`: allocated, if there is a file. */
static int open_files(const struct launches *launches, struct partition_file *file,
		      char **head)
{
	struct message message;
	int error = 0;

	for (size_t i = 0; !error && i < launches->count; i++)
		error = control_try(launches->all[i].options.control, &message);
	if (!error && launches->all->options.trace_file) {
		file->head = *head = make_head(launches);
		error = *head ? 0 : fail(&message, ENOMEM, "out of memory");
		if (!error)
			file->fd = open_trace_file(launches, &message);
		if (!error && file->fd < 0)
			error = file->fd;
	}
	return error ? complain(launches, &message) : 0;
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
			return complain(launches, &message);
		}
		status = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILED;
	}
	return status;
}

/* In the process of the partition. */
static int run_partition(void *context, size_t number,
			 const struct partition_child *child)
{
	const struct launches *launches = context;
	struct launch *launch = &launches->all[number];
	FILE *shown = fdopen(child->errors, "we");
	int status;

	launch->json = NULL; /* its report goes to the pipe of standard error */
	launch->child = child;
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

/* The partitions run, or one of them cannot be started. */
static int run_group(const struct launches *launches, struct partition_group *group)
{
	const uint64_t start = monotonic_ns();
	struct message message;
	int status;

	for (size_t i = 0; i < launches->count; i++) {
		launches->all[i].start = start;
		group->names[i] = launches->all[i].name;
		if (launches->all[i].partition->options & MODEL_CONSOLE)
			group->console = i;
	}
	status = partition_group_run(group, &message);
	for (size_t i = 0; group->reports && i < launches->count; i++)
		if (group->reports[i].size || group->reports[i].is_cut)
			keep_report(&launches->all[i], &group->reports[i]);
	return status < 0 ? complain(launches, &message) : status;
}

/* A part of the trace could not be written. */
static int check_file(const struct launches *launches, const struct partition_file *file,
		      int status)
{
	struct message message;

	if (!file->error)
		return status;
	fail(&message, file->error, TRACE_INCOMPLETE, launches->all->options.trace_file,
	     strerror(file->error));
	return complain(launches, &message);
}

static int run_all(const struct launches *launches)
{
	struct partition_report reports[MODEL_MAX_PARTITIONS] = { 0 };
	struct partition_file file = { .fd = -1, .tail = trace_json_tail };
	const bool is_json = launches->all->options.report_json;
	struct partition_group group = {
		.count = launches->count,
		.console = PARTITION_GROUP_NO_CONSOLE,
		/* At the end of the run, readers get all. */
		.timeout_ns = launches->all->is_halted_in_time
				      ? 0
				      : launches->all->options.timeout_ns,
		.run = run_partition,
		.context = (void *)launches,
		.reports = is_json ? reports : NULL,
	};
	char *head = NULL;
	int status = open_files(launches, &file, &head);

	if (!status) {
		group.note = is_json ? NULL : make_note(&launches->all->options);
		group.file = file.fd >= 0 ? &file : NULL;
		status = check_file(launches, &file, run_group(launches, &group));
		free(group.note);
	}
	free(head);
	return status;
}

int launch_in_processes(const struct launches *launches)
{
	int status = prepare_all(launches);

	if (status)
		return status;
	return launches->all->options.print_sandbox ? print_sandboxes(launches)
						    : run_all(launches);
}
