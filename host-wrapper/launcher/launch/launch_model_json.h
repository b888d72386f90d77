/*
 * --report=json with a model: one object about all partitions, as the last
 * line of standard error. Depends on launch.h.
 */
#ifndef JUMPSLOT_LAUNCH_MODEL_JSON_H
#define JUMPSLOT_LAUNCH_MODEL_JSON_H

#include "launch.h"
#include "launcher/monitor/monitor_report.h"

/* The whole run. */
struct launch_model_end {
	const char *model; /* its file */
	int status;
	const char *object; /* why nothing was started, and what is at fault; or NULL */
	const struct message *reason;
	const struct monitor_guests *guests; /* with events; NULL: there are none */
	const struct monitor_run *run;
};

/* Opens the stream for the report of a guest. Returns 0 or -ENOMEM. */
int launch_model_json_open(struct launch *launch, struct message *message);

/* Prints the object, with what the guests' streams have got, and closes these.
 * `launches`: empty if the model was not read. */
void launch_model_json(const struct launches *launches,
		       const struct launch_model_end *end, FILE *out);

#endif
