/* The guests of a model, or one guest, in the monitor. See launch.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>

#include "common/exit_status.h"
#include "launch.h"
#include "launcher/model/model_options.h"
#include "launcher/run/last_report.h"
#include "launcher/run/monitor_report.h"
#include "launcher/run/monitor_start.h"

/* Prints how each partition ended, and returns the first status that is not 0. */
static int report_ends(const struct monitor_guests *guests, const struct monitor_run *run,
		       const struct run_result *results)
{
	bool asked_for = false;
	int status = 0;

	for (size_t i = 0; i < guests->count; i++) {
		asked_for = asked_for || exit_report_was_asked_for(&results[i]);
		if (!status)
			status = exit_report_status(guests->guests[i].guest, &results[i]);
	}
	last_report_begin(status, asked_for);
	monitor_report_health(guests, run, stderr);
	for (size_t i = 0; i < guests->count; i++) {
		exit_report_print(guests->guests[i].guest, &results[i], stderr);
		if (guests->model)
			monitor_report_end(&guests->guests[i], &run->ends[i], stderr);
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
		return launch_complain(first, EXIT_FAILED, object, &message);
	if (first->options.image)
		return 0;
	return report_ends(&all, &run, results);
}

int launch_in_monitor(struct launch *launch)
{
	return start_in_monitor(&(struct launches){ launch, 1, NULL });
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
			return launch_complain(launch, EXIT_FAILED, launch->options.model,
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
		int its = launch_link(&launches->all[i]);

		if (!its)
			its = launch_report(&launches->all[i]);
		status = status ? status : its;
	}
	return status;
}

/* Runs the partitions of a model. */
int launch_model(const struct launch *launch)
{
	const struct options *options = &launch->options;
	struct launches launches = { 0 };
	struct runner_path compiler;
	struct message message;
	struct model *model;
	int status;

	if (runner_path_beside(&compiler, "../gen/monitor-model", &message))
		return launch_complain(launch, EXIT_FAILED, NULL, &message);
	if (model_read(&model, options->model, compiler.text, &message))
		return launch_complain(launch, EXIT_FAILED, NULL, &message);
	status = make_launches(&launches, launch, model);
	if (!status)
		status = link_all(&launches);
	if (status || options->list || options->json)
		return status;
	return options->monitor ? start_in_monitor(&launches)
				: launch_in_processes(&launches);
}
