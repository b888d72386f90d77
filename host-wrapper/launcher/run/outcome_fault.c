/* A fault's place, address and reason. See outcome_fault.h. */
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>

#include "common/privileged.h"
#include "outcome_fault.h"
#include "outcome_place.h"

/* The kernel gives the address that was accessed, unless a process sent the signal or the
 * address is not canonical. */
static bool has_address(const struct outcome *outcome)
{
	return (outcome->signal == SIGSEGV || outcome->signal == SIGBUS) &&
	       outcome->code > 0 && outcome->code != SI_KERNEL;
}

/* An access just below the stack is an overflow if the stack pointer is there too, and
 * otherwise a wild pointer. */
static bool stack_overflow(const struct outcome *outcome)
{
	const uint64_t page = 4096;

	if (outcome->registers.sp >= outcome->stack_low + page)
		return false;
	return has_address(outcome) && outcome->address < outcome->stack_low &&
	       outcome->stack_low - outcome->address <= outcome->stack_guard;
}

/* The guest, or a provider, called or jumped to an address that has no code. An
 * instruction that writes to its own first byte did not jump there. */
static bool is_wild_jump(const struct linked_guest *guest, const struct outcome *outcome)
{
	const uint64_t user_limit = UINT64_C(1) << 47;

	return outcome->pc >= user_limit ||
	       (outcome->signal == SIGSEGV && has_address(outcome) &&
		outcome->address == outcome->pc && !outcome->is_access &&
		!image_has_code(&guest->image, outcome->pc - outcome->base));
}

static void print_wild_jump(const struct linked_guest *guest,
			    const struct outcome *outcome, FILE *out)
{
	const char *why = outcome->code == SEGV_ACCERR ? "which is not executable"
						       : "where nothing is mapped";
	char text[OUTCOME_MAX_PLACE];

	fprintf(out, ": jumped to %s, %s",
		outcome_place(guest, outcome, outcome->pc, text), why);
	if (outcome->jumped_from)
		fprintf(out, ", from %s",
			outcome_place(guest, outcome, outcome->jumped_from, text));
}

/* In a gated function the stack is the host's, unless that called the guest back. */
static bool may_be_damaged_stack(const struct outcome *outcome)
{
	return outcome->host_import == OUTCOME_NO_IMPORT || outcome->callbacks;
}

void outcome_fault_print(const struct linked_guest *guest, const struct outcome *outcome,
			 FILE *out)
{
	char text[OUTCOME_MAX_PLACE];

	if (is_wild_jump(guest, outcome)) {
		print_wild_jump(guest, outcome, out);
		return;
	}
	fprintf(out, " at %s", outcome_place(guest, outcome, outcome->pc, text));
	if (!image_has(&guest->image, outcome->pc - outcome->base))
		fprintf(out, " (not the guest's code: a provider's or the runner's%s)",
			may_be_damaged_stack(outcome)
				? ", or the guest's stack is damaged"
				: "");
	if (has_address(outcome))
		fprintf(out, ", accessing %s",
			outcome_place(guest, outcome, outcome->address, text));
	if (outcome->code <= 0)
		fputs(", sent by a process", out);
	if (stack_overflow(outcome))
		fputs(": the guest's stack is full (--stack)", out);
}

void outcome_fault_print_frame(const struct linked_guest *guest,
			       const struct outcome *outcome, FILE *out)
{
	char text[OUTCOME_MAX_PLACE];

	fputs(": returned from an interrupt handler by a damaged frame on its stack",
	      out);
	if (has_address(outcome))
		fprintf(out, ", accessing %s",
			outcome_place(guest, outcome, outcome->address, text));
}

void outcome_fault_print_privileged(const struct linked_guest *guest,
				    const struct outcome *outcome, FILE *out)
{
	outcome_fault_print(guest, outcome, out);
	fprintf(out, ", privileged instruction %s: %s", privileged_name(outcome->detail),
		privileged_instead(outcome->detail));
}

void outcome_fault_print_segments(const struct linked_guest *guest,
				  const struct outcome *outcome, FILE *out)
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

	outcome_fault_print(guest, outcome, out);
	for (size_t i = 0; i < sizeof(segments) / sizeof(*segments); i++)
		if (outcome->detail & segments[i].bit) {
			fprintf(out, "%s%s", before, segments[i].name);
			before = " and ";
		}
	fputs(", which is the host's", out);
}
