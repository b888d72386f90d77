/* From a wait status and an untrusted outcome to a line. See ending.h. */
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "ending.h"
#include "symbols.h"

#define MAX_PLACE 1200

/* An address of the running guest, with its function where symbols tell it. */
static const char *place(const struct ended_guest *guest, const struct outcome *outcome,
			 uint64_t address, char *text)
{
	int length = snprintf(text, MAX_PLACE, "0x%" PRIx64, address);

	symbols_describe(guest->file, address - outcome->base, text + length,
			 MAX_PLACE - (size_t)length);
	return text;
}

/* What was accessed, if the kernel says so: it does not where somebody sent the signal,
 * nor for an address that is none. */
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

static void print_signal(const struct ended_guest *guest, const struct outcome *outcome,
			 FILE *out)
{
	char text[MAX_PLACE];

	fprintf(out, " at %s", place(guest, outcome, outcome->pc, text));
	if (!image_has(guest->image, outcome->pc - outcome->base))
		fputs(" (not the guest's code: a provider's or the runner's)", out);
	if (has_address(outcome))
		fprintf(out, ", accessing %s",
			place(guest, outcome, outcome->address, text));
	if (outcome->code <= 0)
		fputs(", sent by a process", out);
	if (stack_overflow(outcome))
		fputs(": the guest's stack is full (--stack)", out);
}

static void print_unprovided(const struct ended_guest *guest,
			     const struct outcome *outcome, FILE *out)
{
	uint32_t import = outcome->import;
	const char *name = "?", *why = "nobody provides";
	char text[MAX_PLACE];

	if (import < guest->table->count) {
		name = guest->table->imports[import].name;
		if (guest->result->links[import].status == LINK_MISMATCH)
			why = "is provided with another type";
	}
	fprintf(out, ": called %s, which %s, from %s", name, why,
		place(guest, outcome, outcome->pc, text));
}

static void print_outcome(const struct ended_guest *guest, const struct outcome *outcome,
			  FILE *out)
{
	char text[MAX_PLACE];

	switch (outcome->kind) {
	case OUTCOME_SIGNAL:
		print_signal(guest, outcome, out);
		break;
	case OUTCOME_UNPROVIDED:
		print_unprovided(guest, outcome, out);
		break;
	case OUTCOME_BAD_ENTRY:
		fprintf(out, ": called the resolver with 0x%" PRIx64
			     ", which is no entry of its import table, from %s",
			outcome->address, place(guest, outcome, outcome->pc, text));
		break;
	case OUTCOME_FILE_CUT:
		fprintf(out, ": its file was cut short while it ran, and ends before the "
			     "contents of 0x%" PRIx64,
			outcome->address);
		break;
	}
}

int ending_report(const struct ended_guest *guest, const struct ending *ending,
		  FILE *out)
{
	int number;

	if (WIFEXITED(ending->status))
		return WEXITSTATUS(ending->status);
	number = WTERMSIG(ending->status);
	fprintf(out, "host-wrapper: %s: stopped by signal %d (%s)", guest->name, number,
		strsignal(number));
	if (ending->timed_out)
		fputs(": its time is up (--timeout)", out);
	else
		print_outcome(guest, &ending->outcome, out);
	fputc('\n', out);
	if (ending->outcome.kind == OUTCOME_UNPROVIDED && !ending->timed_out)
		return 127;
	return 128 + number;
}
