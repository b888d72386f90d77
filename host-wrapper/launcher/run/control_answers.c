/* A function for each command. See control_answers.h. */
#include <signal.h>
#include <string.h>

#include "common/monotonic.h"
#include "common/printable.h"
#include "control_answers.h"
#include "control_requests.h"
#include "launcher/trace/stats.h"
#include "vcpu_report.h"

/* The provider whose function an import's calls reach, or "-". */
static const char *provider_of(const struct control *control, size_t import)
{
	const struct link *link = &control->guest->result.links[import];
	size_t provider = link->provider;

	if (link->status != LINK_BOUND)
		return "-";
	if (control->used && control->used[import])
		provider = control->used[import] - 1;
	return control->guest->providers[provider].name;
}

static bool is_traced(const struct control *control, size_t import)
{
	const unsigned change = control->changes ? control->changes[import] : 0;

	if (change & (CHANGE_TRACE_ON | CHANGE_TRACE_OFF))
		return change & CHANGE_TRACE_ON;
	return import < control->watch->import_count &&
	       control->watch->imports[import].is_traced;
}

/* The third field of the list; "": calls are neither traced nor revoked. */
static const char *state_of(const struct control *control, size_t import)
{
	const bool traced = is_traced(control, import);

	if (control->changes && control->changes[import] & CHANGE_REVOKED)
		return traced ? "\trevoked,traced" : "\trevoked";
	return traced ? "\ttraced" : "";
}

static void list(const struct control *control, FILE *out)
{
	for (size_t i = 0; i < control->guest->table.count; i++) {
		print_escaped(control->guest->table.imports[i].name, out);
		fputc('\t', out);
		print_escaped(provider_of(control, i), out);
		fprintf(out, "%s\n", state_of(control, i));
	}
}

static const char *print_stats(const struct control *control,
			       const struct control_target *target, FILE *out)
{
	struct stats stats = { .counted = true };

	if (!control->counts)
		return "calls are not counted (start with --stats)";
	if (stats_take(&stats, target->trace, control->guest, monotonic_ns()))
		return "out of memory";
	stats_print(&stats, control->guest, out);
	stats_free(&stats);
	return NULL;
}

static const char *print_vcpu(const struct control_target *target, FILE *out)
{
	struct jumpslot_vcpu_state state;

	if (!vcpu_report_read(target->runner, target->outcome, &state))
		return "the guest takes no interrupts";
	vcpu_report_print(&state, out);
	return NULL;
}

const char *control_answers_execute(struct control *control,
				    const struct control_target *target, char *command,
				    FILE *out)
{
	char *word = strtok(command, " "), *first = strtok(NULL, " ");
	/* The last word may have blanks: a path of a provider. */
	char *second = first ? strtok(NULL, "") : NULL;

	if (word && !first && !strcmp(word, "list")) {
		list(control, out);
		return NULL;
	}
	if (word && !first && !strcmp(word, "stats"))
		return print_stats(control, target, out);
	if (word && !first && !strcmp(word, "vcpu"))
		return print_vcpu(target, out);
	if (word && !first && !strcmp(word, "stop")) {
		raise(SIGTERM); /* which is kept if the guest starts again */
		return NULL;
	}
	if (word && second && !strcmp(word, "trace") && !strcmp(first, "on"))
		return control_requests_begin(control, CONTROL_TRACE_ON, second, NULL);
	if (word && second && !strcmp(word, "trace") && !strcmp(first, "off"))
		return control_requests_begin(control, CONTROL_TRACE_OFF, second, NULL);
	if (word && first && !second && !strcmp(word, "revoke"))
		return control_requests_begin(control, CONTROL_REVOKE, first, NULL);
	if (word && first && !second && !strcmp(word, "restore"))
		return control_requests_begin(control, CONTROL_RESTORE, first, NULL);
	if (word && second && !strcmp(word, "use"))
		return control_requests_use(control, first, second);
	if (word && first && !second && !strcmp(word, "raise"))
		return control_requests_raise(control, first);
	return "invalid command; expected list, stats, vcpu, stop, trace on|off PATTERN, "
	       "revoke PATTERN, restore PATTERN, use PATTERN PROVIDER or raise VECTOR";
}
