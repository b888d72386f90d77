/* Tables as arrays of objects. See model_json.h. */
#include <inttypes.h>

#include "common/printable.h"
#include "model_json.h"

static void print_string(const struct model *model, const char *name, uint32_t string,
			 FILE *out)
{
	fprintf(out, "%s: ", name);
	print_json_string(model_string(model, string), out);
}

static void print_name_of(const struct model *model, uint32_t partition, FILE *out)
{
	print_string(model, "\"partition\"", model_partitions(model)[partition].name,
		     out);
}

static void print_words(const struct model *model, const struct model_span *words,
			FILE *out)
{
	for (uint32_t i = 0; i < words->count; i++) {
		fputs(i ? ", " : "", out);
		print_json_string(
			model_string(model, model_words(model)[words->first + i]), out);
	}
}

void model_json_partition(const struct model *model, uint32_t partition, FILE *out)
{
	const struct model_partition *record = &model_partitions(model)[partition];

	print_string(model, "\"name\"", record->name, out);
	print_string(model, ", \"guest\"", record->guest, out);
	fputs(", \"arguments\": [", out);
	print_words(model, &record->arguments, out);
	fputs("], \"libraries\": [", out);
	print_words(model, &record->libraries, out);
	fprintf(out,
		"], \"memory\": %" PRIu64 ", \"stack\": %" PRIu64
		", \"work_area\": %" PRIu64 ", \"console\": %s, \"permissions\": [%s]",
		record->memory, record->stack, record->work_area,
		record->options & MODEL_CONSOLE ? "true" : "false",
		record->options & MODEL_MAY_SCHEDULE ? "\"schedule\"" : "");
}

static void print_slot(const struct model *model, const struct model_slot *slot,
		       FILE *out)
{
	fputc('{', out);
	print_name_of(model, slot->partition, out);
	fprintf(out, ", \"at_ns\": %" PRIu64 ", \"length_ns\": %" PRIu64 "}",
		slot->start_ns, slot->length_ns);
}

static void print_schedule(const struct model *model,
			   const struct model_schedule *schedule, FILE *out)
{
	print_string(model, "{\"name\"", schedule->name, out);
	fputs(", \"slots\": [", out);
	for (uint32_t i = 0; i < schedule->slots.count; i++) {
		fputs(i ? ", " : "", out);
		print_slot(model, &model_slots(model)[schedule->slots.first + i], out);
	}
	fputs("]}", out);
}

static void print_end(const struct model *model, const struct model_end *end, FILE *out)
{
	fputc('{', out);
	print_name_of(model, end->partition, out);
	print_string(model, ", \"port\"", end->port, out);
	if (end->vector)
		fprintf(out, ", \"vector\": %" PRIu32 "}", end->vector);
	else
		fputs(", \"vector\": null}", out);
}

static void print_channel(const struct model *model, const struct model_channel *channel,
			  FILE *out)
{
	const struct model_end *ends = &model_ends(model)[channel->ends.first];
	const int is_queuing = channel->kind == MODEL_QUEUING;

	print_string(model, "{\"name\"", channel->name, out);
	fprintf(out, ", \"kind\": \"%s\", \"size\": %" PRIu32,
		is_queuing ? "queuing" : "sampling", channel->size);
	if (is_queuing)
		fprintf(out, ", \"depth\": %" PRIu32 ", \"refresh_ns\": null",
			channel->depth);
	else
		fprintf(out, ", \"depth\": null, \"refresh_ns\": %" PRIu64,
			channel->refresh_ns);
	fputs(", \"from\": ", out);
	print_end(model, ends, out);
	fputs(", \"to\": [", out);
	for (uint32_t i = 1; i < channel->ends.count; i++) {
		fputs(i > 1 ? ", " : "", out);
		print_end(model, &ends[i], out);
	}
	fputs("]}", out);
}

/* `then` is of use after the last restart, or if the guest has no handler. */
static void print_rule(const struct model *model, const struct model_health *rule,
		       FILE *out)
{
	fputs("{\"partition\": ", out);
	if (rule->partition == MODEL_ALL_PARTITIONS)
		fputs("null", out);
	else
		print_json_string(
			model_string(model,
				     model_partitions(model)[rule->partition].name),
			out);
	fprintf(out,
		", \"error\": \"%s\", \"level\": \"%s\", \"action\": \"%s\", "
		"\"then\": \"%s\", \"restarts\": ",
		model_error_word(rule->error),
		rule->level == MODEL_LEVEL_MODULE ? "module" : "partition",
		model_action_word(rule->action), model_action_word(rule->then));
	if (rule->restarts)
		fprintf(out, "%" PRIu32 "}", rule->restarts);
	else
		fputs("null}", out);
}

void model_json_tables(const struct model *model, FILE *out)
{
	fprintf(out, ", \"frame_ns\": %" PRIu64 ", \"run_ns\": ", model->frame_ns);
	if (model->run_ns)
		fprintf(out, "%" PRIu64, model->run_ns);
	else
		fputs("null", out);
	fputs(", \"schedules\": [", out);
	for (uint32_t i = 0; i < model->schedules.count; i++) {
		fputs(i ? ", " : "", out);
		print_schedule(model, &model_schedules(model)[i], out);
	}
	fputs("], \"channels\": [", out);
	for (uint32_t i = 0; i < model->channels.count; i++) {
		fputs(i ? ", " : "", out);
		print_channel(model, &model_channels(model)[i], out);
	}
	fputs("], \"health\": [", out);
	for (uint32_t i = 0; i < model->health.count; i++) {
		fputs(i ? ", " : "", out);
		print_rule(model, &model_health_rules(model)[i], out);
	}
	fputc(']', out);
}
