/* Tables first, then each record. See model_check.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "common/page.h"
#include "model_check.h"

#define PAGES(bytes) ((bytes) && (bytes) % PAGE == 0)

static int bad(struct message *message, const char *record, uint32_t number,
	       const char *why)
{
	return fail(message, EINVAL, "compiled model: %s %" PRIu32 ": %s", record, number,
		    why);
}

static bool is_table(const struct model *model, const struct model_table *table,
		     uint64_t record, uint32_t least, uint32_t most)
{
	return table->offset % 8 == 0 && table->offset >= sizeof(*model) &&
	       table->offset <= model->size && table->count >= least &&
	       table->count <= most &&
	       table->count * record <= model->size - table->offset;
}

static int check_header(const struct model *model, size_t size, struct message *message)
{
	if (size < sizeof(*model) || model->magic != MODEL_MAGIC)
		return fail(message, EINVAL,
			    "not a compiled model (expected one of monitor-model, or a "
			    "name that ends with .toml)");
	if (model->version != MODEL_VERSION)
		return fail(message, EINVAL,
			    "compiled model of version %" PRIu32 " (expected %d)",
			    model->version, MODEL_VERSION);
	if (model->size != size || size > MODEL_MAX_SIZE)
		return fail(message, EINVAL, "compiled model: %zu bytes, not %" PRIu64,
			    size, model->size);
	return 0;
}

static int check_tables(const struct model *model, struct message *message)
{
	const struct {
		const struct model_table *table;
		uint64_t record;
		uint32_t least, most;
		const char *name;
	} tables[] = {
		{ &model->partitions, sizeof(struct model_partition), 1,
		  MODEL_MAX_PARTITIONS, "partitions" },
		{ &model->schedules, sizeof(struct model_schedule), 1,
		  MODEL_MAX_SCHEDULES, "schedules" },
		{ &model->slots, sizeof(struct model_slot), 1, MODEL_MAX_SLOTS, "slots" },
		{ &model->channels, sizeof(struct model_channel), 0, MODEL_MAX_CHANNELS,
		  "channels" },
		{ &model->ends, sizeof(struct model_end), 0, MODEL_MAX_ENDS, "ends" },
		{ &model->health, sizeof(struct model_health), 0, MODEL_MAX_HEALTH,
		  "health rules" },
		{ &model->words, sizeof(uint32_t), 0, MODEL_MAX_WORDS, "words" },
		{ &model->strings, 1, 1, MODEL_MAX_SIZE, "strings" },
	};

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		if (!is_table(model, tables[i].table, tables[i].record, tables[i].least,
			      tables[i].most))
			return fail(message, EINVAL,
				    "compiled model: the table of %s is out of bounds",
				    tables[i].name);
	if (*model_string(model, model->strings.count - 1))
		return fail(message, EINVAL, "compiled model: a string without an end");
	return 0;
}

static bool is_string(const struct model *model, uint32_t string)
{
	return string < model->strings.count;
}

static bool is_text(const struct model *model, uint32_t string)
{
	return is_string(model, string) && *model_string(model, string);
}

static bool is_name(const struct model *model, uint32_t string)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
				      "WXYZ0123456789_.-";
	const char *name;

	if (!is_text(model, string))
		return false;
	name = model_string(model, string);
	return strspn(name, letters) == strlen(name) && strlen(name) <= MODEL_MAX_NAME;
}

static bool same_name(const struct model *model, uint32_t a, uint32_t b)
{
	return !strcmp(model_string(model, a), model_string(model, b));
}

static bool is_span(const struct model_span *span, const struct model_table *table)
{
	return span->first <= table->count && span->count <= table->count - span->first;
}

static bool has_memory(const struct model_partition *partition)
{
	return PAGES(partition->memory) && PAGES(partition->stack) &&
	       PAGES(partition->work_area) && partition->memory <= MODEL_MAX_MEMORY &&
	       partition->stack <= partition->memory &&
	       partition->work_area <= partition->memory - partition->stack;
}

static const char *partition_problem(const struct model *model, uint32_t number)
{
	const struct model_partition *all = model_partitions(model);
	const struct model_partition *partition = &all[number];

	if (!is_name(model, partition->name) || !is_text(model, partition->guest))
		return "its name or guest is not a valid text";
	if (!is_span(&partition->arguments, &model->words) ||
	    !is_span(&partition->libraries, &model->words))
		return "its words are out of bounds";
	if (partition->options & ~(uint32_t)MODEL_OPTIONS)
		return "unknown options";
	if (!has_memory(partition))
		return "its memory is not whole pages, or too small";
	for (uint32_t i = 0; i < number; i++) {
		if (same_name(model, partition->name, all[i].name))
			return "its name is that of another one";
		if (partition->options & all[i].options & MODEL_CONSOLE)
			return "the console's input has another reader";
	}
	return NULL;
}

static const char *slot_problem(const struct model *model, const struct model_slot *slot,
				uint64_t after)
{
	if (slot->partition >= model->partitions.count)
		return "of no partition";
	if (slot->start_ns < after || slot->start_ns > model->frame_ns ||
	    slot->length_ns < MODEL_MIN_SLOT_NS ||
	    slot->length_ns > model->frame_ns - slot->start_ns)
		return "too short, not in the frame, or overlaps the one before it";
	return NULL;
}

/* `next`: the first slot that belongs to no schedule before this one. */
static int check_schedule(const struct model *model, uint32_t number, uint32_t *next,
			  struct message *message)
{
	const struct model_schedule *all = model_schedules(model);
	const struct model_schedule *schedule = &all[number];
	uint64_t after = 0;

	if (!is_name(model, schedule->name) || !schedule->slots.count ||
	    schedule->slots.first != *next || !is_span(&schedule->slots, &model->slots))
		return bad(message, "schedule", number,
			   "its name is not valid, or its slots are out of bounds");
	for (uint32_t i = 0; i < number; i++)
		if (same_name(model, schedule->name, all[i].name))
			return bad(message, "schedule", number,
				   "its name is that of another one");
	for (uint32_t i = 0; i < schedule->slots.count; i++) {
		const struct model_slot *slot = &model_slots(model)[(*next)++];
		const char *why = slot_problem(model, slot, after);

		if (why)
			return bad(message, "slot", *next - 1, why);
		after = slot->start_ns + slot->length_ns;
	}
	return 0;
}

static int check_schedules(const struct model *model, struct message *message)
{
	uint32_t next = 0, seen = 0;
	int error = 0;

	for (uint32_t i = 0; !error && i < model->schedules.count; i++)
		error = check_schedule(model, i, &next, message);
	if (error)
		return error;
	for (uint32_t i = 0; i < next; i++)
		seen |= 1u << model_slots(model)[i].partition;
	if (next == model->slots.count && seen == (1u << model->partitions.count) - 1)
		return 0;
	return fail(message, EINVAL,
		    "compiled model: a partition has no slot, or a slot no schedule");
}

static const char *channel_problem(const struct model *model, uint32_t number)
{
	const struct model_channel *all = model_channels(model);
	const struct model_channel *channel = &all[number];
	const bool queuing = channel->kind == MODEL_QUEUING;

	if (!is_name(model, channel->name) || channel->kind >= MODEL_KINDS ||
	    channel->reserved)
		return "its name or kind is not valid";
	if (!channel->size || channel->size > MODEL_MAX_MESSAGE || !channel->depth ||
	    channel->depth > (queuing ? MODEL_MAX_DEPTH : 1))
		return "its size or depth is out of range";
	if (queuing ? channel->refresh_ns != 0
		    : !channel->refresh_ns || channel->refresh_ns > MODEL_MAX_TIME_NS)
		return "its refresh period is out of range";
	if (channel->ends.count < 2 || (queuing && channel->ends.count != 2) ||
	    channel->ends.count > MODEL_CHANNEL_ENDS ||
	    !is_span(&channel->ends, &model->ends))
		return "it has no two ends, or too many";
	for (uint32_t i = 0; i < number; i++)
		if (same_name(model, channel->name, all[i].name))
			return "its name is that of another one";
	return NULL;
}

static const char *end_problem(const struct model *model, uint32_t number,
			       uint32_t channel, bool is_first)
{
	const struct model_end *all = model_ends(model);
	const struct model_end *end = &all[number];
	const bool is_source = end->direction == MODEL_SOURCE;

	if (end->channel != channel || end->direction >= MODEL_DIRECTIONS ||
	    is_source != is_first)
		return "not of its channel";
	if (end->partition >= model->partitions.count || !is_name(model, end->port))
		return "of no partition, or its port's name is not valid";
	if (end->vector &&
	    (end->vector < MODEL_FIRST_VECTOR || end->vector > MODEL_LAST_VECTOR))
		return "its vector is out of range";
	for (uint32_t i = 0; i < number; i++)
		if (all[i].partition == end->partition &&
		    same_name(model, all[i].port, end->port))
			return "its port is that of another one";
	return NULL;
}

static int check_channels(const struct model *model, struct message *message)
{
	uint32_t next = 0;

	for (uint32_t i = 0; i < model->channels.count; i++) {
		const struct model_channel *channel = &model_channels(model)[i];
		const char *why = channel_problem(model, i);

		if (!why && channel->ends.first != next)
			why = "its ends are those of another one";
		if (why)
			return bad(message, "channel", i, why);
		for (uint32_t j = 0; j < channel->ends.count; j++, next++) {
			why = end_problem(model, next, i, !j);
			if (why)
				return bad(message, "end", next, why);
		}
	}
	return next == model->ends.count
		       ? 0
		       : fail(message, EINVAL, "compiled model: an end of no channel");
}

static bool is_restart(uint32_t action)
{
	return action == MODEL_RESTART_COLD || action == MODEL_RESTART_WARM;
}

static bool is_of_module(uint32_t action)
{
	return action == MODEL_HALT || action == MODEL_RESET;
}

static bool may_follow(const struct model_health *rule)
{
	if (rule->then == MODEL_STOP || is_of_module(rule->then))
		return true;
	return rule->action == MODEL_GUEST && is_restart(rule->then);
}

static const char *health_problem(const struct model *model, uint32_t number)
{
	const struct model_health *all = model_health_rules(model);
	const struct model_health *rule = &all[number];

	if (rule->partition >= model->partitions.count &&
	    rule->partition != MODEL_ALL_PARTITIONS)
		return "for no partition";
	if (rule->error >= MODEL_ERRORS || rule->level >= MODEL_LEVELS ||
	    rule->action >= MODEL_ACTIONS || !may_follow(rule) ||
	    rule->restarts > MODEL_MAX_RESTARTS || rule->reserved)
		return "its error or action is not valid";
	if ((rule->level == MODEL_LEVEL_MODULE) != is_of_module(rule->action))
		return "its action is one of the other level";
	if (rule->action == MODEL_LOG && rule->error != MODEL_ERROR_PORT)
		return "the guest cannot go on after that error";
	if (rule->action == MODEL_GUEST && rule->error >= MODEL_ERROR_MISSING)
		return "the guest has no handler for that error";
	for (uint32_t i = 0; i < number; i++)
		if (all[i].partition == rule->partition && all[i].error == rule->error)
			return "its error has another rule";
	return NULL;
}

static int check_rest(const struct model *model, struct message *message)
{
	const char *why;

	if (model->frame_ns < MODEL_MIN_SLOT_NS || model->frame_ns > MODEL_MAX_TIME_NS ||
	    model->run_ns > MODEL_MAX_RUN_NS || !is_text(model, model->source) ||
	    model->reserved)
		return fail(message, EINVAL,
			    "compiled model: its frame, run limit or source is not "
			    "valid");
	for (uint32_t i = 0; i < model->words.count; i++)
		if (!is_string(model, model_words(model)[i]))
			return bad(message, "word", i, "out of bounds");
	for (uint32_t i = 0; i < model->partitions.count; i++)
		if ((why = partition_problem(model, i)))
			return bad(message, "partition", i, why);
	for (uint32_t i = 0; i < model->health.count; i++)
		if ((why = health_problem(model, i)))
			return bad(message, "health rule", i, why);
	return 0;
}

int model_check(const void *bytes, size_t size, struct message *message)
{
	const struct model *model = bytes;
	int error = check_header(model, size, message);

	if (!error)
		error = check_tables(model, message);
	if (!error)
		error = check_rest(model, message);
	if (!error)
		error = check_schedules(model, message);
	return error ? error : check_channels(model, message);
}
