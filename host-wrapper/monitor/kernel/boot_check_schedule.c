/* Schedules, their slots, and the rules for errors. See boot_check.h. */
#include "boot_check_parts.h"

/* `seen`: gets a bit for each partition that has a slot. */
static struct boot_problem check_slots(const struct boot_image *image,
				       const struct boot_span *span, uint32_t *seen)
{
	uint64_t end = 0;

	for (uint64_t i = span->first; i < (uint64_t)span->first + span->count; i++) {
		const struct boot_slot *slot = &boot_slots(image)[i];

		if (slot->partition >= image->partitions.count || slot->reserved)
			return bad_record("slot", i, NOBODY, "of no partition");
		if (slot->start_ns < end || slot->length_ns < BOOT_MIN_SLOT_NS ||
		    !within(slot->start_ns, slot->length_ns, image->frame_ns))
			return bad_record("slot", i, NOBODY,
					  "too short, not in the frame, or overlaps the "
					  "one before it");
		end = slot->start_ns + slot->length_ns;
		*seen |= 1u << slot->partition;
	}
	return GOOD;
}

struct boot_problem boot_check_schedules(const struct boot_image *image)
{
	uint64_t next = 0;
	uint32_t seen = 0;

	if (!image->frame_ns || image->frame_ns > BOOT_MAX_FRAME_NS)
		return bad("its frame has no valid length");
	if (!image->run_ns || image->run_ns > BOOT_MAX_RUN_NS)
		return bad("its run has no valid length");
	for (uint64_t i = 0; i < image->schedules.count; i++) {
		const struct boot_schedule *schedule = &boot_schedules(image)[i];
		struct boot_problem problem;

		if (!is_name(schedule->name) || schedule->slots.first != next ||
		    !is_span(&schedule->slots, &image->slots, BOOT_MAX_SLOTS))
			return bad_record("schedule", i, NOBODY,
					  "its name or its slots are not valid");
		problem = check_slots(image, &schedule->slots, &seen);
		if (problem.text)
			return problem;
		next += schedule->slots.count;
	}
	if (next != image->slots.count)
		return bad("a slot belongs to no schedule");
	return seen == (1u << image->partitions.count) - 1
		       ? GOOD
		       : bad("a partition has no slot");
}

static bool is_restart(uint32_t action)
{
	return action == BOOT_RESTART_COLD || action == BOOT_RESTART_WARM;
}

static bool is_rule(const struct boot_rule *rule, uint64_t error)
{
	if (rule->action >= BOOT_ACTIONS || rule->reserved ||
	    rule->restarts > BOOT_MAX_RESTARTS)
		return false;
	if (rule->action == BOOT_LOG && error != BOOT_ERROR_PORT)
		return false;
	if (rule->action == BOOT_GUEST && error >= BOOT_ERROR_MISSING)
		return false;
	return rule->then == BOOT_STOP || rule->then == BOOT_HALT ||
	       rule->then == BOOT_RESET ||
	       (rule->action == BOOT_GUEST && is_restart(rule->then));
}

struct boot_problem boot_check_rules(const struct boot_image *image)
{
	for (uint64_t i = 0; i < image->rules.count; i++)
		if (!is_rule(boot_rule(image, 0, BOOT_ERROR_FAULT) + i, i % BOOT_ERRORS))
			return bad_record("rule", i, NOBODY, "not a valid action");
	return GOOD;
}
