/* The end of a run for machines. The shape is in docs/host-wrapper.md. See exit_report.h.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "common/landlock_version.h"
#include "common/printable.h"
#include "exit_report.h"
#include "fault_account.h"
#include "launcher/link/report.h"
#include "launcher/scan/symbols.h"
#include "outcome_place.h"
#include "outcome_text.h"

static void print_text(const char *name, const char *value, FILE *out)
{
	fprintf(out, ", \"%s\": ", name);
	print_json_string(value, out);
}

static void print_address(const char *name, uint64_t value, FILE *out)
{
	fprintf(out, ", \"%s\": \"0x%" PRIx64 "\"", name, value);
}

static const char *end_word(const struct linked_guest *guest,
			    const struct run_result *result)
{
	if (exit_report_provider(guest, result))
		return "provider";
	if (result->timed_out)
		return "timeout";
	if (exit_report_has_refused(result))
		return "refused";
	if (exit_report_is_host_exit(result))
		return "host_exit";
	return WIFEXITED(result->status) ? "exit" : "signal";
}

static void print_signal(const struct run_result *result, FILE *out)
{
	int number = WTERMSIG(result->status);

	if (WIFSIGNALED(result->status)) {
		fprintf(out, ", \"signal\": %d", number);
		print_text("signal_name", strsignal(number), out);
	} else {
		fputs(", \"signal\": null, \"signal_name\": null", out);
	}
}

/* The status that the runner's process exited with. */
static void print_process_status(const struct run_result *result, FILE *out)
{
	fputs(", \"process_status\": ", out);
	if (WIFEXITED(result->status))
		fprintf(out, "%d", WEXITSTATUS(result->status));
	else
		fputs("null", out);
}

static void print_import(const char *name, const struct linked_guest *guest,
			 uint32_t import, FILE *out)
{
	print_text(name,
		   import == OUTCOME_NO_IMPORT ? NULL : outcome_import(guest, import),
		   out);
}

/* The words of the text report. */
static void print_words(const struct linked_guest *guest, const struct outcome *outcome,
			FILE *out)
{
	char *words = NULL;
	size_t size;
	FILE *stream = open_memstream(&words, &size);

	if (stream) {
		outcome_text_print(guest, outcome, stream);
		fclose(stream);
	}
	/* They continue a sentence. */
	print_text("text", words ? words + strspn(words, ": ,") : NULL, out);
	free(words);
}

static void print_registers(const struct linked_guest *guest,
			    const struct outcome *outcome, FILE *out)
{
	struct fault_account_register registers[FAULT_ACCOUNT_REGISTERS];
	size_t count = fault_account_registers(guest, outcome, registers);

	fputs(", \"registers\": {", out);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s\"%s\": \"0x%" PRIx64 "\"", i ? ", " : "",
			registers[i].name, registers[i].value);
	fputc('}', out);
}

static void print_frame(const struct linked_guest *guest, const struct outcome *outcome,
			const struct backtrace_frame *frame, FILE *out)
{
	char text[OUTCOME_MAX_PLACE];

	fprintf(out, "{\"address\": \"0x%" PRIx64 "\"", frame->pc);
	outcome_symbol(guest, outcome, frame->pc, text);
	print_text("symbol", *text ? text + 1 : NULL, out);
	print_text("file", frame->line ? frame->file : NULL, out);
	fprintf(out, ", \"line\": ");
	if (frame->line)
		fprintf(out, "%u}", frame->line);
	else
		fputs("null}", out);
}

static void print_backtrace(const struct linked_guest *guest,
			    const struct run_result *result, FILE *out)
{
	fputs(", \"backtrace\": [", out);
	for (size_t i = 0; i < result->backtrace.count; i++) {
		fputs(i ? ", " : "", out);
		print_frame(guest, &result->outcome, &result->backtrace.frames[i], out);
	}
	fputc(']', out);
	print_text("backtrace_error", result->backtrace.missing, out);
}

static void print_account(const struct linked_guest *guest,
			  const struct run_result *result, FILE *out)
{
	const struct outcome *outcome = &result->outcome;

	fprintf(out, "{\"kind\": ");
	print_json_string(outcome_kind(outcome->kind), out);
	print_words(guest, outcome, out);
	print_address("pc", outcome->pc, out);
	print_address("address", outcome->address, out);
	print_import("host_function", guest, outcome->host_import, out);
	print_import("last_gated_function", guest, outcome->last_import, out);
	fprintf(out, ", \"callbacks\": %" PRIu32, outcome->callbacks);
	print_registers(guest, outcome, out);
	print_backtrace(guest, result, out);
	fputc('}', out);
}

static void print_sandbox(const struct exit_report_run *run, FILE *out)
{
	static const char *const modes[] = {
		[SANDBOX_ON] = "on",
		[SANDBOX_STRICT] = "strict",
		[SANDBOX_OFF] = "off",
	};
	const int landlock = landlock_version();

	fputs(", \"sandbox\": {\"mode\": ", out);
	print_json_string(modes[run->sandbox], out);
	if (run->sandbox == SANDBOX_OFF) {
		fputs(", \"rules\": null, \"landlock\": null}", out);
		return;
	}
	if (run->needs->needs)
		fprintf(out, ", \"rules\": %zu", run->needs->rule_count);
	else
		fputs(", \"rules\": null", out);
	if (landlock >= LANDLOCK_NEEDED)
		fprintf(out, ", \"landlock\": %d}", landlock);
	else
		fputs(", \"landlock\": null}", out);
}

void exit_report_json_refusal(const char *by, const char *object,
			      const struct message *reason, FILE *out)
{
	if (!by) {
		fputs(", \"refusal\": null", out);
		return;
	}
	fputs(", \"refusal\": {\"by\": ", out);
	print_json_string(by, out);
	print_text("object", object, out);
	print_text("reason", reason->text, out);
	fputc('}', out);
}

static void print_head(const struct exit_report_run *run, int status, const char *end,
		       FILE *out)
{
	const struct machine *machine = run->guest->file.machine;

	fputs("{\"guest\": ", out);
	print_json_string(run->guest->name, out);
	print_text("machine", machine ? machine->name : NULL, out);
	fprintf(out, ", \"status\": %d", status);
	print_text("end", end, out);
}

/* The imports without a function, and the functions that stand by. */
static void print_functions(const struct exit_report_run *run, FILE *out)
{
	fputs(", \"unresolved\": ", out);
	report_json_problems(run->guest, out);
	fputs(", \"standbys\": ", out);
	report_json_standbys(run->guest, run->used, out);
}

void exit_report_json(const struct exit_report_run *run, const struct run_result *result,
		      FILE *out)
{
	const struct linked_guest *guest = run->guest;
	const struct provider_file *provider = exit_report_provider(guest, result);
	const bool refused = exit_report_has_refused(result);

	print_head(run, exit_report_status(guest, result), end_word(guest, result), out);
	print_signal(result, out);
	print_process_status(result, out);
	print_text("provider", provider ? provider->name : NULL, out);
	exit_report_json_refusal(refused ? "runner" : NULL, guest->name, &result->refusal,
				 out);
	print_functions(run, out);
	print_sandbox(run, out);
	print_text("processes",
		   run->in_machine ? NULL : guest_processes_name(&result->processes),
		   out);
	fputs(", \"runner_account\": ", out);
	if (result->outcome.kind != OUTCOME_NONE && !refused)
		print_account(guest, result, out);
	else
		fputs("null", out);
	fputs(", \"stats\": ", out);
	stats_json(run->stats, guest, out);
	fputs(", \"unused\": ", out);
	stats_json_unused(run->stats, guest, out);
	fputs("}\n", out);
}

void exit_report_json_refused(const struct exit_report_run *run, int status,
			      const char *object, const struct message *reason, FILE *out)
{
	print_head(run, status, "refused", out);
	fputs(", \"signal\": null, \"signal_name\": null, "
	      "\"process_status\": null, \"provider\": null",
	      out);
	exit_report_json_refusal("host-wrapper", object, reason, out);
	print_functions(run, out);
	print_sandbox(run, out);
	fputs(", \"processes\": null, \"runner_account\": null, \"stats\": null, "
	      "\"unused\": null}\n",
	      out);
}
