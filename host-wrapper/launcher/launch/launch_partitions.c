/* The guests of a model, or one guest, in the monitor. See launch.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>

#include "common/exit_status.h"
#include "launch.h"
#include "launch_model_json.h"
#include "launcher/model/model_options.h"
#include "launcher/monitor/monitor_report.h"
#include "launcher/monitor/monitor_start.h"
#include "launcher/run/last_report.h"

/* For the report in JSON. */
static const char *standing(const struct run_result *result,
			    const struct monitor_end *end)
{
	if (end->is_halted)
		return "halted";
	if (result->timed_out)
		return "timeout";
	return WIFEXITED(result->status) ? "exited" : "stopped";
}

static void report_end(struct launch *launch, const struct monitor_guest *guest,
		       const struct run_result *result, const struct monitor_end *end)
{
	const struct exit_report_run report = launch_json_run(launch);

	launch->standing = standing(result, end);
	if (launch->options.report_json) {
		exit_report_json(&report, result, launch_json_stream(launch));
		return;
	}
	exit_report_print(&launch->guest, result, stderr);
	if (launch->model)
		monitor_report_end(guest, end, stderr);
}

/* Reports how each partition ended, and returns the first status that is not 0. */
static int report_ends(const struct launches *launches,
		       const struct monitor_guests *guests, const struct monitor_run *run,
		       const struct run_result *results)
{
	struct launch_model_end end = {
		.model = launches->all->options.model,
		.guests = guests,
		.run = run,
	};
	const bool is_json = launches->all->options.report_json;
	bool asked_for = false;

	for (size_t i = 0; i < launches->count; i++) {
		asked_for = asked_for || exit_report_was_asked_for(&results[i]);
		if (!end.status)
			end.status =
				exit_report_status(&launches->all[i].guest, &results[i]);
	}
	last_report_begin(end.status, asked_for);
	if (!is_json)
		monitor_report_health(guests, run, stderr);
	for (size_t i = 0; i < launches->count; i++)
		report_end(&launches->all[i], &guests->guests[i], &results[i],
			   &run->ends[i]);
	if (is_json && launches->model)
		launch_model_json(launches, &end, stderr);
	return end.status;
}

static bool reports_model(const struct launch *launch)
{
	return launch->options.report_json && launch->options.model;
}

/* Says why nothing starts. `launches`: empty if there are none yet. */
static int complain(const struct launch *launch, const struct launches *launches,
		    const char *object, const struct message *message)
{
	const struct launch_model_end end = {
		.model = launch->options.model,
		.status = EXIT_FAILED,
		.object = object,
		.reason = message,
	};

	if (!launch->options.model)
		return launch_complain(launch, EXIT_FAILED, object, message);
	if (launch->options.report_json)
		launch_model_json(launches, &end, stderr);
	else
		message_print(object, message);
	return EXIT_FAILED;
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
		return complain(first, launches, object, &message);
	if (first->options.image)
		return 0;
	return report_ends(launches, &all, &run, results);
}

int launch_in_monitor(struct launch *launch)
{
	return start_in_monitor(&(struct launches){ launch, 1, NULL });
}

/* A socket for each partition. */
static int name_control(struct launch *launch, struct message *message)
{
	char *path;

	if (!launch->options.control)
		return 0;
	if (asprintf(&path, "%s.%s", launch->options.control, launch->name) < 0)
		return fail(message, ENOMEM, "out of memory");
	launch->options.control = path;
	return 0;
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
	to->number = number;
	to->name = model_string(model, record->name);
	to->guest.name = to->name;
	to->path = model_path(launch->options.model, model_string(model, record->guest));
	if (!to->path ||
	    asprintf(&to->place, "%s:%u: %s", model_string(model, model->source),
		     record->guest_line, to->path) < 0)
		return fail(message, ENOMEM, "out of memory");
	if (reports_model(launch) && launch_model_json_open(to, message))
		return -ENOMEM;
	if (model_options(&to->options, &launch->options, model, number, to->path,
			  message))
		return -ENOMEM;
	return name_control(to, message);
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
			return complain(launch, launches, launch->options.model,
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

/* The reports of the guests say why, or how they ended. */
static void report_guests(const struct launches *launches, int status)
{
	const struct launch_model_end end = {
		.model = launches->all->options.model,
		.status = status,
	};

	launch_model_json(launches, &end, stderr);
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

	if (runner_path_beside(&compiler, "../gen/monitor-model", &message) ||
	    model_read(&model, options->model, compiler.text, &message))
		return complain(launch, &launches, NULL, &message);
	status = make_launches(&launches, launch, model);
	if (status)
		return status;
	status = link_all(&launches);
	if (!status && (options->list || options->json))
		return 0;
	if (!status && options->monitor)
		return start_in_monitor(&launches);
	if (!status)
		status = launch_in_processes(&launches);
	if (reports_model(launch) && (status || !options->print_sandbox))
		report_guests(&launches, status);
	return status;
}
