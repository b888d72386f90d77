/* Words for numbers. See monitor_report.h. */
#include <inttypes.h>

#include "common/printable.h"
#include "launcher/run/outcome_place.h"
#include "monitor_report.h"

static const char *const errors[BOOT_ERRORS] = {
	[BOOT_ERROR_FAULT] = "fault",
	[BOOT_ERROR_ILLEGAL] = "illegal instruction",
	[BOOT_ERROR_ARITHMETIC] = "arithmetic error",
	[BOOT_ERROR_STACK] = "stack overflow",
	[BOOT_ERROR_MISSING] = "call of a missing function",
	[BOOT_ERROR_PORT] = "wrong use of a port",
	[BOOT_ERROR_EXIT] = "exit with an error",
};

static const char *const actions[BOOT_ACTIONS] = {
	[BOOT_LOG] = "goes on",
	[BOOT_GUEST] = "its handler is called",
	[BOOT_STOP] = "stopped",
	[BOOT_RESTART_COLD] = "restarted cold",
	[BOOT_RESTART_WARM] = "restarted warm",
	[BOOT_HALT] = "all partitions are halted",
	[BOOT_RESET] = "all partitions are reset",
};

static bool is_counted(uint32_t action)
{
	return action == BOOT_RESTART_COLD || action == BOOT_RESTART_WARM ||
	       action == BOOT_RESET;
}

static void print_event(const struct linked_guest *guest,
			const struct monitor_event *event, FILE *out)
{
	const struct outcome outcome = {
		.base = guest->image.position_independent ? MONITOR_PIE_BASE : 0,
	};
	char place[OUTCOME_MAX_PLACE];

	fputs("host-wrapper: ", out);
	print_escaped(guest->name, out);
	fprintf(out, ": %" PRIu64 ".%06" PRIu64 " ms: %s at %s", event->time_ns / 1000000,
		event->time_ns % 1000000, errors[event->error],
		outcome_place(guest, &outcome, event->pc, place));
	if (event->address)
		fprintf(out, ", address 0x%" PRIx64, event->address);
	fprintf(out, ": %s", actions[event->action]);
	if (is_counted(event->action))
		fprintf(out, " (%" PRIu32 ")", event->count);
	fputc('\n', out);
}

void monitor_report_health(const struct monitor_guests *guests,
			   const struct monitor_run *run, FILE *out)
{
	if (!guests->model)
		return;
	for (size_t i = 0; i < run->event_count; i++)
		print_event(guests->guests[run->events[i].partition].guest,
			    &run->events[i], out);
	if (run->lost_events)
		fprintf(out,
			"host-wrapper: %" PRIu64 " more errors of partitions were not "
			"recorded\n",
			run->lost_events);
}

static void print_event_json(const struct monitor_guests *guests,
			     const struct monitor_event *event, FILE *out)
{
	const struct linked_guest *guest = guests->guests[event->partition].guest;
	const uint32_t rule =
		model_health_rule(guests->model, event->partition, event->error);

	fprintf(out, "{\"time_ns\": %" PRIu64 ", \"partition\": ", event->time_ns);
	print_json_string(guest->name, out);
	fprintf(out,
		", \"error\": \"%s\", \"pc\": \"0x%" PRIx64
		"\", \"address\": \"0x%" PRIx64 "\", \"action\": \"%s\", \"count\": ",
		model_error_word(event->error), event->pc, event->address,
		model_action_word(event->action));
	if (is_counted(event->action))
		fprintf(out, "%" PRIu32, event->count);
	else
		fputs("null", out);
	if (rule == MODEL_NO_RULE)
		fputs(", \"rule\": null}", out);
	else
		fprintf(out, ", \"rule\": %" PRIu32 "}", rule);
}

void monitor_report_events_json(const struct monitor_guests *guests,
				const struct monitor_run *run, FILE *out)
{
	fputs(", \"events\": [", out);
	for (size_t i = 0; guests && i < run->event_count; i++) {
		fputs(i ? ", " : "", out);
		print_event_json(guests, &run->events[i], out);
	}
	fprintf(out, "], \"lost_events\": %" PRIu64, guests ? run->lost_events : 0);
}

void monitor_report_end(const struct monitor_guest *guest, const struct monitor_end *end,
			FILE *out)
{
	if (!end->has_ended || end->signal)
		return;
	fputs("host-wrapper: ", out);
	print_escaped(guest->guest->name, out);
	if (end->is_halted)
		fputs(": halted at the end of the run\n", out);
	else
		fprintf(out, ": exit %d\n", end->status);
}
