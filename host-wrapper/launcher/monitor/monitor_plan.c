/* Schedules, then a rule for each partition and error. See monitor_plan.h. */
#include <stdbool.h>
#include <string.h>

#include "common/channel.h"
#include "monitor_plan.h"

#define FRAME_NS UINT64_C(1000000000)

_Static_assert((int)MODEL_ERRORS == (int)BOOT_ERRORS &&
		       (int)MODEL_ERROR_EXIT == (int)BOOT_ERROR_EXIT &&
		       (int)MODEL_ACTIONS == (int)BOOT_ACTIONS &&
		       (int)MODEL_RESET == (int)BOOT_RESET,
	       "the numbers of a model are those of a boot image");
_Static_assert(MODEL_MAX_PARTITIONS == BOOT_MAX_PARTITIONS &&
		       MODEL_MAX_SCHEDULES == BOOT_MAX_SCHEDULES &&
		       MODEL_MAX_SLOTS == BOOT_MAX_SLOTS &&
		       MODEL_MAX_CHANNELS == BOOT_MAX_CHANNELS &&
		       MODEL_MAX_ENDS == BOOT_MAX_ENDS &&
		       MODEL_CHANNEL_ENDS == BOOT_CHANNEL_ENDS &&
		       MODEL_MIN_SLOT_NS == BOOT_MIN_SLOT_NS &&
		       MODEL_LAST_VECTOR == BOOT_LAST_VECTOR &&
		       (int)MODEL_QUEUING == (int)CHANNEL_QUEUING &&
		       (int)MODEL_DESTINATION == (int)CHANNEL_DESTINATION &&
		       MODEL_MAX_RESTARTS == BOOT_MAX_RESTARTS &&
		       MODEL_MAX_NAME < BOOT_NAME,
	       "a model fits into a boot image");

/* The behaviour of every host if there is no model. */
static struct boot_rule default_rule(uint32_t error)
{
	const bool is_fault = error < BOOT_ERROR_MISSING;

	return (struct boot_rule){
		.action = is_fault		     ? BOOT_GUEST
			  : error == BOOT_ERROR_PORT ? BOOT_LOG
						     : BOOT_STOP,
		.then = BOOT_STOP,
	};
}

static struct boot_rule rule_for(const struct model *model, uint32_t partition,
				 uint32_t error)
{
	const uint32_t number =
		model ? model_health_rule(model, partition, error) : MODEL_NO_RULE;
	const struct model_health *rule;

	if (number == MODEL_NO_RULE)
		return default_rule(error);
	rule = &model_health_rules(model)[number];
	return (struct boot_rule){ rule->action, rule->then, rule->restarts, 0 };
}

static void make_rules(struct monitor_plan *plan, const struct model *model)
{
	for (uint32_t i = 0; i < BOOT_MAX_PARTITIONS; i++)
		for (uint32_t error = 0; error < BOOT_ERRORS; error++)
			plan->rules[i][error] = rule_for(model, i, error);
}

static void add_schedule(struct monitor_plan *plan, const struct model *model,
			 const struct model_schedule *schedule)
{
	struct boot_schedule *to = &plan->schedules[plan->schedule_count++];

	strncpy(to->name, model_string(model, schedule->name), sizeof(to->name) - 1);
	to->slots = (struct boot_span){ schedule->slots.first, schedule->slots.count };
	for (uint32_t i = 0; i < schedule->slots.count; i++) {
		const struct model_slot *slot =
			&model_slots(model)[schedule->slots.first + i];

		plan->slots[plan->slot_count++] = (struct boot_slot){
			.partition = slot->partition,
			.start_ns = slot->start_ns,
			.length_ns = slot->length_ns,
		};
	}
}

static void add_end(struct monitor_plan *plan, const struct model *model,
		    const struct model_end *end)
{
	struct boot_end *to = &plan->ends[plan->end_count++];

	*to = (struct boot_end){
		.partition = end->partition,
		.direction = end->direction,
		.channel = (uint32_t)plan->channel_count,
		.vector = end->vector,
	};
	strncpy(to->port, model_string(model, end->port), sizeof(to->port) - 1);
}

static void add_channel(struct monitor_plan *plan, const struct model *model,
			const struct model_channel *channel)
{
	const struct boot_channel to = {
		.kind = channel->kind,
		.size = channel->size,
		.depth = channel->depth,
		.refresh_ns = channel->refresh_ns,
		.ends = { (uint32_t)plan->end_count, channel->ends.count },
	};

	for (uint32_t i = 0; i < channel->ends.count; i++)
		add_end(plan, model, &model_ends(model)[channel->ends.first + i]);
	plan->channels[plan->channel_count++] = to;
}

void monitor_plan_make(struct monitor_plan *plan, const struct model *model)
{
	*plan = (struct monitor_plan){ .run_ns = BOOT_MAX_RUN_NS };
	make_rules(plan, model);
	if (!model) {
		plan->frame_ns = FRAME_NS;
		plan->schedules[0] =
			(struct boot_schedule){ .name = "always", .slots = { 0, 1 } };
		plan->slots[0] = (struct boot_slot){ .length_ns = FRAME_NS };
		plan->schedule_count = plan->slot_count = 1;
		return;
	}
	plan->frame_ns = model->frame_ns;
	if (model->run_ns)
		plan->run_ns = model->run_ns;
	for (uint32_t i = 0; i < model->schedules.count; i++)
		add_schedule(plan, model, &model_schedules(model)[i]);
	for (uint32_t i = 0; i < model->channels.count; i++)
		add_channel(plan, model, &model_channels(model)[i]);
}
