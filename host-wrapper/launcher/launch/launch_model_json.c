/* The guests' own reports, in the one of the model. See launch_model_json.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/printable.h"
#include "launch_model_json.h"
#include "launcher/link/report.h"
#include "launcher/model/model_json.h"

int launch_model_json_open(struct launch *launch, struct message *message)
{
	launch->json = open_memstream(&launch->report, &launch->report_size);
	return launch->json ? 0 : fail(message, ENOMEM, "out of memory");
}

/* Returns the guest's line, without its end, or NULL. */
static const char *take_report(struct launch *launch)
{
	if (!launch->json || fclose(launch->json) || !launch->report_size)
		return NULL;
	launch->report[strcspn(launch->report, "\n")] = 0;
	return launch->report;
}

/* Only the monitor restarts partitions by rules, and says so when they end. */
static void print_restarts(const struct launch_model_end *end, uint32_t number, FILE *out)
{
	if (end->guests && end->run->ends[number].has_ended)
		fprintf(out, ", \"restarts\": %u", end->run->ends[number].restarts);
	else
		fputs(", \"restarts\": null", out);
}

static void print_partition(struct launch *launch, uint32_t number,
			    const struct launch_model_end *end, FILE *out)
{
	const char *report = take_report(launch);
	const char *standing = launch->standing ? launch->standing
			       : report		? "refused"
						: "not started";

	fputs(number ? ", {" : "{", out);
	model_json_partition(launch->model, number, out);
	fprintf(out, ", \"standing\": \"%s\"", standing);
	print_restarts(end, number, out);
	fputs(", \"link\": ", out);
	if (launch->guest.result.links)
		report_json_line(&launch->guest, out);
	else
		fputs("null", out);
	fprintf(out, ", \"end\": %s}", report ? report : "null");
}

void launch_model_json(const struct launches *launches,
		       const struct launch_model_end *end, FILE *out)
{
	fputs("{\"model\": ", out);
	print_json_string(end->model, out);
	fprintf(out, ", \"status\": %d", end->status);
	exit_report_json_refusal(end->reason ? "host-wrapper" : NULL, end->object,
				 end->reason, out);
	fputs(", \"partitions\": [", out);
	for (uint32_t i = 0; i < launches->count; i++)
		print_partition(&launches->all[i], i, end, out);
	fputc(']', out);
	if (launches->model)
		model_json_tables(launches->model, out);
	else
		fputs(", \"frame_ns\": null, \"run_ns\": null, \"schedules\": [], "
		      "\"channels\": [], \"health\": []",
		      out);
	monitor_report_events_json(end->guests, end->run, out);
	fputs("}\n", out);
}
