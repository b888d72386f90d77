/* From a wait status and an untrusted outcome to a line. See exit_report.h. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "common/channel.h"
#include "common/exit_status.h"
#include "common/printable.h"
#include "exit_report.h"
#include "fault_account.h"
#include "launcher/link/style.h"
#include "outcome_text.h"
#include "vcpu_report.h"

/* A signal that is not somebody's request to end. */
static bool is_crash(int number)
{
	return number != SIGINT && number != SIGTERM && number != SIGHUP &&
	       number != SIGQUIT && number != SIGKILL;
}

bool exit_report_was_asked_for(const struct run_result *result)
{
	return result->timed_out ||
	       (WIFSIGNALED(result->status) && !is_crash(WTERMSIG(result->status)));
}

const struct provider_file *exit_report_provider(const struct linked_guest *guest,
						 const struct run_result *result)
{
	uint32_t number = result->outcome.provider; /* not trusted */

	if (!number || number > guest->provider_count)
		return NULL;
	if (WIFSIGNALED(result->status) && !is_crash(WTERMSIG(result->status)))
		return NULL;
	return &guest->providers[number - 1];
}

static void report_provider(const struct provider_file *provider, int status, FILE *out)
{
	fputs("host-wrapper: ", out);
	print_escaped(provider->name, out);
	if (WIFEXITED(status))
		fprintf(out, ": exited with status %d while it was loaded\n",
			WEXITSTATUS(status));
	else
		fprintf(out, ": stopped by signal %d (%s) while it was loaded\n",
			WTERMSIG(status), strsignal(WTERMSIG(status)));
}

/* A guest that has not ended in time: what it was doing then. */
static void print_time_up(const struct linked_guest *guest, const struct outcome *outcome,
			  FILE *out)
{
	const uint32_t provider = outcome->provider; /* not trusted */

	if (outcome->kind != OUTCOME_NONE) {
		fputs("  it was", out);
		outcome_text_print(guest, outcome, out);
		if (outcome->vcpu.version && outcome->vcpu.level)
			fprintf(out, ", at interrupt level %u", outcome->vcpu.level);
	} else if (provider && provider <= guest->provider_count) {
		fputs("  it was loading ", out);
		print_escaped(guest->providers[provider - 1].name, out);
	} else {
		fputs("  it has not answered where it was", out);
	}
	fputc('\n', out);
}

bool exit_report_has_refused(const struct run_result *result)
{
	return WIFEXITED(result->status) && result->outcome.kind == OUTCOME_REFUSED;
}

bool exit_report_is_host_exit(const struct run_result *result)
{
	const struct outcome *outcome = &result->outcome;

	if (!WIFEXITED(result->status) || outcome->kind == OUTCOME_REFUSED)
		return false;
	return outcome->phase == OUTCOME_RUNNING ||
	       (outcome->phase == OUTCOME_ENDED &&
		outcome->status != WEXITSTATUS(result->status));
}

static void report_host_exit(const struct linked_guest *guest,
			     const struct run_result *result, FILE *out)
{
	const struct outcome *outcome = &result->outcome;

	fputs("host-wrapper: ", out);
	print_escaped(guest->name, out);
	fprintf(out, ": its process exited with status %d ", WEXITSTATUS(result->status));
	if (outcome->phase == OUTCOME_ENDED)
		fprintf(out, "after the guest had ended with status %" PRId32,
			outcome->status);
	else
		fputs("before the guest had ended", out);
	if (outcome->kind == OUTCOME_HOST_EXIT)
		outcome_text_print(guest, outcome, out);
	fputs(" (expected jumpslot_guest_exit())\n", out);
}

static void report_signal(const struct linked_guest *guest,
			  const struct run_result *result, FILE *out)
{
	int number = WTERMSIG(result->status);

	fputs("host-wrapper: ", out);
	print_escaped(guest->name, out);
	fputs(": ", out);
	style_print(STYLE_BAD, "stopped", out);
	fprintf(out, " by signal %d (%s)", number, strsignal(number));
	if (result->timed_out)
		fputs(": its time is up (--timeout)", out);
	else
		outcome_text_print(guest, &result->outcome, out);
	fputc('\n', out);
	if (result->timed_out)
		print_time_up(guest, &result->outcome, out);
	vcpu_report_print(&result->outcome.vcpu, out);
	fault_account_print(guest, result, out);
}

int exit_report_status(const struct linked_guest *guest, const struct run_result *result)
{
	if (exit_report_provider(guest, result))
		return EXIT_FAILED;
	if (exit_report_is_host_exit(result))
		return EXIT_FAILED;
	if (WIFEXITED(result->status))
		return WEXITSTATUS(result->status);
	if (result->outcome.kind == OUTCOME_UNPROVIDED && !result->timed_out)
		return EXIT_UNRESOLVED;
	return EXIT_SIGNAL + WTERMSIG(result->status);
}

void exit_report_print(const struct linked_guest *guest, const struct run_result *result,
		       FILE *out)
{
	const struct provider_file *provider = exit_report_provider(guest, result);

	if (provider)
		report_provider(provider, result->status, out);
	else if (WIFSIGNALED(result->status))
		report_signal(guest, result, out);
	else if (exit_report_is_host_exit(result))
		report_host_exit(guest, result, out);
}

static void begin_line(const struct linked_guest *guest, FILE *out)
{
	fputs("host-wrapper: ", out);
	print_escaped(guest->name, out);
	fputs(": ", out);
}

/* The words of the monitor's health events. */
void exit_report_ports(const struct linked_guest *guest, const struct run_result *result,
		       FILE *out)
{
	const struct outcome_ports *ports = &result->ports;

	if (!ports->count)
		return;
	begin_line(guest, out);
	fprintf(out, "%" PRIu64 ".%06" PRIu64 " ms: wrong use of a port: ",
		ports->time_ns / 1000000, ports->time_ns % 1000000);
	print_escaped(ports->name, out);
	if (ports->error == EPERM)
		fprintf(out, " is a %s",
			ports->direction == CHANNEL_SOURCE ? "destination" : "source");
	else
		fputs(" is not declared", out);
	fputs(": goes on", out);
	if (ports->count > 1)
		fprintf(out, " (the first of %" PRIu32 ")", ports->count);
	fputc('\n', out);
}

void exit_report_partition(const struct linked_guest *guest,
			   const struct run_result *result, bool is_halted, FILE *out)
{
	const bool is_exit = WIFEXITED(result->status) &&
			     result->outcome.phase == OUTCOME_ENDED &&
			     !exit_report_is_host_exit(result);

	if (!is_halted && !is_exit)
		return;
	begin_line(guest, out);
	if (is_halted)
		fputs("halted at the end of the run\n", out);
	else
		fprintf(out, "exit %d\n", WEXITSTATUS(result->status));
}
