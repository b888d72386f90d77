/* From a wait status and an untrusted outcome to a line. See exit_report.h. */
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include <jumpslot/abi/fault.h>
#include "common/exit_status.h"
#include "common/printable.h"
#include "common/privileged.h"
#include "exit_report.h"
#include "launcher/scan/symbols.h"
#include "vcpu_report.h"

#define MAX_PLACE 1200

/* An address of the running guest, with its function if there are symbols. */
static const char *place(const struct linked_guest *guest, const struct outcome *outcome,
			 uint64_t address, char *text)
{
	int length = snprintf(text, MAX_PLACE, "0x%" PRIx64, address);

	symbols_describe(&guest->file, address - outcome->base, text + length,
			 MAX_PLACE - (size_t)length);
	return text;
}

/* The kernel gives the address that was accessed, unless a process sent the signal or the
 * address is not canonical. */
static bool has_address(const struct outcome *outcome)
{
	return (outcome->signal == SIGSEGV || outcome->signal == SIGBUS) &&
	       outcome->code > 0 && outcome->code != SI_KERNEL;
}

static bool stack_overflow(const struct outcome *outcome)
{
	return has_address(outcome) && outcome->address < outcome->stack_low &&
	       outcome->stack_low - outcome->address <= outcome->stack_guard;
}

/* The guest, or a provider, called or jumped to an address that has no code. */
static bool is_wild_jump(const struct outcome *outcome)
{
	const uint64_t user_limit = UINT64_C(1) << 47;

	return outcome->pc >= user_limit ||
	       (outcome->signal == SIGSEGV && has_address(outcome) &&
		outcome->address == outcome->pc);
}

static void print_wild_jump(const struct linked_guest *guest,
			    const struct outcome *outcome, FILE *out)
{
	const char *why = outcome->code == SEGV_ACCERR ? "which is not executable"
						       : "where nothing is mapped";
	char text[MAX_PLACE];

	fprintf(out, ": jumped to %s, %s", place(guest, outcome, outcome->pc, text), why);
	if (outcome->jumped_from)
		fprintf(out, ", from %s",
			place(guest, outcome, outcome->jumped_from, text));
}

static void print_signal(const struct linked_guest *guest, const struct outcome *outcome,
			 FILE *out)
{
	char text[MAX_PLACE];

	if (is_wild_jump(outcome)) {
		print_wild_jump(guest, outcome, out);
		return;
	}
	fprintf(out, " at %s", place(guest, outcome, outcome->pc, text));
	if (!image_has(&guest->image, outcome->pc - outcome->base))
		fputs(" (not the guest's code: a provider's or the runner's)", out);
	if (has_address(outcome))
		fprintf(out, ", accessing %s",
			place(guest, outcome, outcome->address, text));
	if (outcome->code <= 0)
		fputs(", sent by a process", out);
	if (stack_overflow(outcome))
		fputs(": the guest's stack is full (--stack)", out);
}

static void print_privileged(const struct outcome *outcome, FILE *out)
{
	fprintf(out, ", privileged instruction %s: %s", privileged_name(outcome->detail),
		privileged_instead(outcome->detail));
}

static void print_segments(const struct outcome *outcome, FILE *out)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} segments[] = {
		{ OUTCOME_FS, "FS" },
		{ OUTCOME_GS, "GS" },
		{ OUTCOME_DS, "DS" },
		{ OUTCOME_ES, "ES" },
	};
	const char *before = ": the guest changed ";

	for (size_t i = 0; i < sizeof(segments) / sizeof(*segments); i++)
		if (outcome->detail & segments[i].bit) {
			fprintf(out, "%s%s", before, segments[i].name);
			before = " and ";
		}
	fputs(", which is the host's", out);
}

/* The part of the guest's own fault handler in it. */
static void print_handler(const struct outcome *outcome, FILE *out)
{
	switch (outcome->handler) {
	case OUTCOME_HANDLER_FAULTED:
		fputs(", in the guest's fault handler", out);
		break;
	case OUTCOME_HANDLER_RETRIED:
		fprintf(out, ", after the guest's fault handler retried it %d times",
			JUMPSLOT_FAULT_RETRIES);
		break;
	case OUTCOME_HANDLER_ORDER:
		fputs(": the guest's fault handler returned with another stack than it "
		      "was "
		      "called on, or over a host function",
		      out);
		break;
	}
}

static const char *import_name(const struct linked_guest *guest, uint32_t import)
{
	return import < guest->table.count ? guest->table.imports[import].name : "?";
}

static void print_unprovided(const struct linked_guest *guest,
			     const struct outcome *outcome, FILE *out)
{
	uint32_t import = outcome->detail;
	const char *why = "which no provider has";
	char text[MAX_PLACE];

	if (import < guest->table.count &&
	    guest->result.links[import].status == LINK_MISMATCH)
		why = "which is provided with another type";
	fprintf(out, ": called %s, %s, from %s", import_name(guest, import), why,
		place(guest, outcome, outcome->pc, text));
}

/* The host function that was called, and the depth of callbacks. */
static void print_host(const struct linked_guest *guest, const struct outcome *outcome,
		       FILE *out)
{
	char text[MAX_PLACE];

	if (outcome->kind == OUTCOME_NONE || outcome->host_import == OUTCOME_NO_IMPORT)
		return;
	fprintf(out, ", in %s, called from %s", import_name(guest, outcome->host_import),
		place(guest, outcome, outcome->host_caller, text));
	if (outcome->callbacks)
		fprintf(out, ", %u callback%s deep", outcome->callbacks,
			outcome->callbacks == 1 ? "" : "s");
}

/* The frame that the function was called from no longer exists. */
static void print_left(const struct linked_guest *guest, const struct outcome *outcome,
		       FILE *out)
{
	const char *function = import_name(guest, outcome->host_import);
	char text[MAX_PLACE];

	if (outcome->kind == OUTCOME_HOST_LEFT)
		fprintf(out, ": its entry returned, but %s, which it called, has not",
			function);
	else
		fprintf(out,
			": it called from %s after it had left a callback of %s, as "
			"by longjmp",
			place(guest, outcome, outcome->pc, text), function);
}

static void print_outcome(const struct linked_guest *guest, const struct outcome *outcome,
			  FILE *out)
{
	char text[MAX_PLACE];

	switch (outcome->kind) {
	case OUTCOME_SIGNAL:
		print_signal(guest, outcome, out);
		break;
	case OUTCOME_PRIVILEGED:
		print_signal(guest, outcome, out);
		print_privileged(outcome, out);
		break;
	case OUTCOME_SEGMENTS:
		print_signal(guest, outcome, out);
		print_segments(outcome, out);
		break;
	case OUTCOME_UNPROVIDED:
		print_unprovided(guest, outcome, out);
		break;
	case OUTCOME_BAD_ENTRY:
		fprintf(out,
			": called the resolver with 0x%" PRIx64
			", which is not an entry of its import table, from %s",
			outcome->address, place(guest, outcome, outcome->pc, text));
		break;
	case OUTCOME_FILE_CUT:
		fprintf(out,
			": its file was cut short while it ran, and ends before the "
			"contents of 0x%" PRIx64,
			outcome->address);
		break;
	case OUTCOME_HOST_STACK:
		fputs(": the host's stack is full (--host-stack)", out);
		break;
	case OUTCOME_INTERRUPT_STACK:
		fprintf(out,
			": no room on the stack for interrupt %" PRIu32
			", which came at %s",
			outcome->detail, place(guest, outcome, outcome->pc, text));
		break;
	case OUTCOME_INTERRUPT_ORDER:
		fputs(": an interrupt handler returned with another stack than it was "
		      "called on",
		      out);
		break;
	case OUTCOME_HOST_ORDER:
		fputs(": a host function returned that was not the last one called", out);
		break;
	case OUTCOME_CALLBACK_ORDER:
		fputs(": a callback returned that was not the last one called", out);
		break;
	case OUTCOME_CALLBACK_LEFT:
	case OUTCOME_HOST_LEFT:
		print_left(guest, outcome, out);
		return;
	case OUTCOME_CALLBACK_PLACE:
		fputs(": a callback from elsewhere than a gated function on the guest's "
		      "thread",
		      out);
		break;
	}
	print_handler(outcome, out);
	print_host(guest, outcome, out);
}

/* A signal that is not somebody's request to end. */
static bool is_crash(int number)
{
	return number != SIGINT && number != SIGTERM && number != SIGHUP &&
	       number != SIGQUIT && number != SIGKILL;
}

/* The provider that ended the runner while it was loaded; NULL: none did. */
static const struct provider_file *failed_provider(const struct linked_guest *guest,
						   const struct run_result *result)
{
	uint32_t number = result->outcome.provider; /* not trusted */

	if (!number || number > guest->provider_count || result->timed_out)
		return NULL;
	if (WIFSIGNALED(result->status) && !is_crash(WTERMSIG(result->status)))
		return NULL;
	return &guest->providers[number - 1];
}

static int report_provider(const struct provider_file *provider, int status, FILE *out)
{
	fputs("host-wrapper: ", out);
	print_escaped(provider->name, out);
	if (WIFEXITED(status))
		fprintf(out, ": exited with status %d while it was loaded\n",
			WEXITSTATUS(status));
	else
		fprintf(out, ": stopped by signal %d (%s) while it was loaded\n",
			WTERMSIG(status), strsignal(WTERMSIG(status)));
	return EXIT_FAILED;
}

static int report_signal(const struct linked_guest *guest,
			 const struct run_result *result, FILE *out)
{
	int number = WTERMSIG(result->status);

	fputs("host-wrapper: ", out);
	print_escaped(guest->name, out);
	fprintf(out, ": stopped by signal %d (%s)", number, strsignal(number));
	if (result->timed_out)
		fputs(": its time is up (--timeout)", out);
	else
		print_outcome(guest, &result->outcome, out);
	fputc('\n', out);
	vcpu_report_print(&result->outcome.vcpu, out);
	if (result->outcome.kind == OUTCOME_UNPROVIDED && !result->timed_out)
		return EXIT_UNRESOLVED;
	return EXIT_SIGNAL + number;
}

int exit_report_print(const struct linked_guest *guest, const struct run_result *result,
		      FILE *out)
{
	const struct provider_file *provider = failed_provider(guest, result);

	if (provider)
		return report_provider(provider, result->status, out);
	if (WIFEXITED(result->status))
		return WEXITSTATUS(result->status);
	return report_signal(guest, result, out);
}
