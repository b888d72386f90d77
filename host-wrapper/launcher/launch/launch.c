/* Complaints about a launch, and the parts of its JSON report. See launch.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/exit_status.h"
#include "launch.h"

struct exit_report_run launch_json_run(const struct launch *launch)
{
	return (struct exit_report_run){ .guest = &launch->guest,
					 .needs = &launch->needs,
					 .sandbox = launch->options.monitor
							    ? SANDBOX_OFF
							    : launch->options.sandbox,
					 .in_machine = launch->options.monitor,
					 .stats = &launch->stats,
					 .used = launch->control.used };
}

FILE *launch_json_stream(const struct launch *launch)
{
	return launch->json ? launch->json : stderr;
}

/* Names the partition of a model that the object belongs to, which JSON does in another
 * place. */
static void print_message(const struct launch *launch, const char *object,
			  const struct message *message)
{
	char *whole = NULL;

	if (!launch->name || object == launch->place || object == launch->name ||
	    object == launch->options.model)
		message_print(object, message);
	else if (!object)
		message_print(launch->name, message);
	else if (asprintf(&whole, "%s: %s", launch->name, object) >= 0)
		message_print(whole, message);
	free(whole);
}

/* Says why the guest does not start: as JSON, if that report was asked for. */
int launch_complain(const struct launch *launch, int status, const char *object,
		    const struct message *message)
{
	const struct exit_report_run run = launch_json_run(launch);

	if (launch->options.report_json)
		exit_report_json_refused(&run, status, object, message,
					 launch_json_stream(launch));
	else
		print_message(launch, object, message);
	return status;
}

/* Returns 0 if everything that was printed arrived, or an exit status. */
int launch_finish_output(const struct launch *launch)
{
	struct message message;

	/* ferror(): an earlier write of a long report may have failed. */
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	fail(&message, errno, "%s", strerror(errno));
	return launch_complain(launch, EXIT_FAILED, "standard output", &message);
}
