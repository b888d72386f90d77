/* A sentence for each kind of outcome. See outcome_text.h. */
#include <inttypes.h>
#include <stdbool.h>

#include <jumpslot/abi/fault.h>
#include "common/printable.h"
#include "launcher/link/policy.h"
#include "launcher/link/system_calls.h"
#include "outcome_fault.h"
#include "outcome_place.h"
#include "outcome_text.h"

#define MAX_SYSTEM_CALL 80
#define MAX_RULE	512

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
		fputs(": the guest's fault handler returned with another stack than "
		      "it was called on, or over a host function",
		      out);
		break;
	}
}

/* A call of a function that was bound at the start ends like this only if the control
 * has revoked it. */
static const char *why_unprovided(const struct linked_guest *guest, uint32_t import)
{
	const enum link_status status = import < guest->table.count
						? guest->result.links[import].status
						: LINK_MISSING;

	if (status == LINK_BOUND)
		return "which was revoked (host-wrapper ctl)";
	return status == LINK_MISMATCH ? "which is provided with another type"
				       : "which no provider has";
}

static void print_unprovided(const struct linked_guest *guest,
			     const struct outcome *outcome, FILE *out)
{
	const uint32_t import = outcome->detail;
	char text[OUTCOME_MAX_PLACE];

	fprintf(out, ": called %s, %s, from %s", outcome_import(guest, import),
		why_unprovided(guest, import),
		outcome_caller(guest, outcome, outcome->pc, text));
}

/* The policy's rule of that number. */
static void print_rule(const struct linked_guest *guest, uint64_t number, FILE *out)
{
	char rule[MAX_RULE] = "?";

	if (guest->policy && number < guest->policy->count)
		policy_place(&guest->policy->rules[number], rule, sizeof(rule));
	print_escaped(rule, out);
}

static void print_denied(const struct linked_guest *guest, const struct outcome *outcome,
			 FILE *out)
{
	char text[OUTCOME_MAX_PLACE];

	fprintf(out, ": called %s, which the policy denies (",
		outcome_import(guest, outcome->detail));
	print_rule(guest, outcome->address, out);
	fprintf(out, "), from %s", outcome_place(guest, outcome, outcome->pc, text));
}

/* The host function that was called, and the depth of callbacks. */
static void print_host(const struct linked_guest *guest, const struct outcome *outcome,
		       FILE *out)
{
	char text[OUTCOME_MAX_PLACE];

	if (outcome->kind == OUTCOME_NONE || outcome->host_import == OUTCOME_NO_IMPORT)
		return;
	fprintf(out, ", in %s, called from %s",
		outcome_import(guest, outcome->host_import),
		outcome_caller(guest, outcome, outcome->host_caller, text));
	if (outcome->kind == OUTCOME_SIGNAL && outcome->detail) {
		fputs(", which the policy delays (", out);
		print_rule(guest, outcome->detail - 1, out);
		fputc(')', out);
	}
	if (outcome->callbacks)
		fprintf(out, ", %u callback%s deep", outcome->callbacks,
			outcome->callbacks == 1 ? "" : "s");
}

/* The frame that the function was called from no longer exists. */
static void print_left(const struct linked_guest *guest, const struct outcome *outcome,
		       FILE *out)
{
	const char *function = outcome_import(guest, outcome->host_import);
	char text[OUTCOME_MAX_PLACE];

	if (outcome->kind == OUTCOME_HOST_LEFT)
		fprintf(out, ": its entry returned, but %s, which it called, has not",
			function);
	else
		fprintf(out,
			": it called from %s after it had left a callback of %s, as "
			"by longjmp",
			outcome_place(guest, outcome, outcome->pc, text), function);
}

static void print_bad_entry(const struct linked_guest *guest,
			    const struct outcome *outcome, FILE *out)
{
	char text[OUTCOME_MAX_PLACE];

	fprintf(out,
		": called the resolver with 0x%" PRIx64
		", which is not an entry of its import table, from %s",
		outcome->address, outcome_place(guest, outcome, outcome->pc, text));
}

static void print_file_cut(const struct linked_guest *guest,
			   const struct outcome *outcome, FILE *out)
{
	(void)guest;
	fprintf(out,
		": its file was cut short while it ran, and ends before the contents of "
		"0x%" PRIx64,
		outcome->address);
}

static void print_interrupt_stack(const struct linked_guest *guest,
				  const struct outcome *outcome, FILE *out)
{
	char text[OUTCOME_MAX_PLACE];

	fprintf(out, ": no room on the stack for interrupt %" PRIu32 ", which came at %s",
		outcome->detail, outcome_place(guest, outcome, outcome->pc, text));
}

static void print_task_stack(const struct linked_guest *guest,
			     const struct outcome *outcome, FILE *out)
{
	const uint64_t sp = outcome->address, limit = outcome->vcpu.stack_limit;
	char text[OUTCOME_MAX_PLACE];

	fprintf(out,
		": task stack full: %" PRIu32 " bytes needed, %" PRIu64
		" left (stack pointer 0x%" PRIx64 ", limit 0x%" PRIx64 "), at %s",
		outcome->detail, sp > limit ? sp - limit : 0, sp, limit,
		outcome_place(guest, outcome, outcome->pc, text));
	if (outcome->jumped_from)
		fprintf(out, ", in a host function, near %s",
			outcome_place(guest, outcome, outcome->jumped_from, text));
}

static void print_system_call(const struct linked_guest *guest,
			      const struct outcome *outcome, FILE *out)
{
	char call[MAX_SYSTEM_CALL], where[OUTCOME_MAX_PLACE];

	system_call_describe((int)outcome->detail, (uint32_t)outcome->address,
			     system_call_architecture(guest->file.machine->number), call,
			     sizeof(call));
	fprintf(out, " at %s%s: the sandbox does not allow system call %s",
		outcome_place(guest, outcome, outcome->pc, where),
		image_has(&guest->image, outcome->pc - outcome->base)
			? ""
			: " (not the guest's code: a provider's or the runner's)",
		call);
}

/* The words for a kind: a text, or a function if the outcome has details. */
struct sentence {
	const char *text;
	void (*print)(const struct linked_guest *, const struct outcome *, FILE *);
	bool names_host; /* the host function is part of the sentence */
};

static const struct sentence sentences[] = {
	[OUTCOME_SIGNAL] = { .print = outcome_fault_print },
	[OUTCOME_FRAME] = { .print = outcome_fault_print_frame },
	[OUTCOME_PRIVILEGED] = { .print = outcome_fault_print_privileged },
	[OUTCOME_SEGMENTS] = { .print = outcome_fault_print_segments },
	[OUTCOME_SYSCALL] = { .print = print_system_call },
	[OUTCOME_UNPROVIDED] = { .print = print_unprovided },
	[OUTCOME_BAD_ENTRY] = { .print = print_bad_entry },
	[OUTCOME_FILE_CUT] = { .print = print_file_cut },
	[OUTCOME_HOST_STACK] = { .text = ": the host's stack is full (--host-stack)" },
	[OUTCOME_HOST_ORDER] = { .text = ": a host function returned that was not the "
					 "last one "
					 "called" },
	[OUTCOME_HOST_LEFT] = { .print = print_left, .names_host = true },
	[OUTCOME_CALLBACK_ORDER] = { .text = ": a callback returned that was not the "
					     "last one "
					     "called" },
	[OUTCOME_CALLBACK_LEFT] = { .print = print_left, .names_host = true },
	[OUTCOME_CALLBACK_PLACE] = { .text = ": a callback from elsewhere than a gated "
					     "function "
					     "on the guest's thread" },
	[OUTCOME_HOST_EXIT] = { .text = "" }, /* the function is all that it says */
	[OUTCOME_DENIED] = { .print = print_denied },
	[OUTCOME_INTERRUPT_STACK] = { .print = print_interrupt_stack },
	[OUTCOME_TASK_STACK] = { .print = print_task_stack },
	[OUTCOME_INTERRUPT_ORDER] = { .text = ": an interrupt handler returned with "
					      "another "
					      "stack than it was called on" },
};

/* The runner may have written any kind. */
static struct sentence sentence_for(uint32_t kind)
{
	if (kind < sizeof(sentences) / sizeof(*sentences))
		return sentences[kind];
	return (struct sentence){ 0 };
}

/* In JSON; the words of outcome.h. */
static const char *const kinds[] = {
	[OUTCOME_NONE] = "none",
	[OUTCOME_SIGNAL] = "signal",
	[OUTCOME_FRAME] = "frame",
	[OUTCOME_UNPROVIDED] = "unprovided",
	[OUTCOME_BAD_ENTRY] = "bad_entry",
	[OUTCOME_FILE_CUT] = "file_cut",
	[OUTCOME_HOST_STACK] = "host_stack",
	[OUTCOME_HOST_ORDER] = "host_order",
	[OUTCOME_CALLBACK_ORDER] = "callback_order",
	[OUTCOME_CALLBACK_LEFT] = "callback_left",
	[OUTCOME_CALLBACK_PLACE] = "callback_place",
	[OUTCOME_HOST_LEFT] = "host_left",
	[OUTCOME_INTERRUPT_STACK] = "interrupt_stack",
	[OUTCOME_INTERRUPT_ORDER] = "interrupt_order",
	[OUTCOME_TASK_STACK] = "task_stack",
	[OUTCOME_PRIVILEGED] = "privileged",
	[OUTCOME_SYSCALL] = "syscall",
	[OUTCOME_SEGMENTS] = "segments",
	[OUTCOME_DENIED] = "denied",
	[OUTCOME_REFUSED] = "refused",
	[OUTCOME_HOST_EXIT] = "host_exit",
};

const char *outcome_kind(uint32_t kind)
{
	if (kind < sizeof(kinds) / sizeof(*kinds) && kinds[kind])
		return kinds[kind];
	return "unknown";
}

void outcome_text_print(const struct linked_guest *guest, const struct outcome *outcome,
			FILE *out)
{
	struct sentence sentence = sentence_for(outcome->kind);

	if (sentence.text)
		fputs(sentence.text, out);
	if (sentence.print)
		sentence.print(guest, outcome, out);
	if (sentence.names_host)
		return;
	print_handler(outcome, out);
	print_host(guest, outcome, out);
}
