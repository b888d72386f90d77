/* Rules, counters, and the ring of events. See health.h. */
#include "clock.h"
#include "health.h"
#include "log.h"
#include "restart.h"

#define EVENTS	   256u
#define EVENT_TEXT 160u /* bytes of an event in the log at most */

struct event {
	uint64_t time_ns;
	uint64_t pc, address;
	uint32_t partition;
	uint32_t error, action;
	uint32_t count; /* of restarts or resets by this rule */
};

static struct {
	struct event events[EVENTS];
	uint32_t first, count;
	uint32_t lost;
	uint32_t restarts[BOOT_MAX_PARTITIONS][BOOT_ERRORS];
	enum boot_action module;
} the;

static void record(const struct partition *partition, const struct health_error *error,
		   enum boot_action action)
{
	if (the.count == EVENTS) {
		the.lost++;
		return;
	}
	the.events[(the.first + the.count++) % EVENTS] = (struct event){
		.time_ns = clock_now(),
		.pc = error->pc,
		.address = error->address,
		.partition = partition->number,
		.error = error->error,
		.action = action,
		.count = the.restarts[partition->number][error->error],
	};
}

bool health_asks_guest(const struct partition *partition,
		       const struct health_error *error)
{
	if (boot_rule(partition->image, partition->number, error->error)->action !=
	    BOOT_GUEST)
		return false;
	record(partition, error, BOOT_GUEST);
	return true;
}

static bool is_counted(enum boot_action action)
{
	return action == BOOT_RESTART_COLD || action == BOOT_RESTART_WARM ||
	       action == BOOT_RESET;
}

/* After as many restarts as the rule allows. */
static enum boot_action last_action(const struct boot_rule *rule, enum boot_action action)
{
	if (action == BOOT_RESET)
		return BOOT_HALT;
	return rule->action == BOOT_GUEST ? BOOT_STOP : (enum boot_action)rule->then;
}

static enum boot_action choose(const struct partition *partition, enum boot_error error)
{
	const struct boot_rule *rule =
		boot_rule(partition->image, partition->number, error);
	uint32_t *restarts = &the.restarts[partition->number][error];
	enum boot_action action = (enum boot_action)(
		rule->action == BOOT_GUEST ? rule->then : rule->action);

	if (is_counted(action) && rule->restarts && *restarts == rule->restarts)
		action = last_action(rule, action);
	else if (is_counted(action))
		++*restarts;
	return action;
}

bool health_ends(struct partition *partition, const struct health_error *error)
{
	const enum boot_action action = choose(partition, error->error);

	record(partition, error, action);
	if (action == BOOT_HALT || action == BOOT_RESET)
		the.module = action;
	if (action == BOOT_RESTART_COLD || action == BOOT_RESTART_WARM) {
		partition->restarts++;
		restart_begin(partition, action == BOOT_RESTART_WARM);
	}
	return action == BOOT_STOP || action == BOOT_HALT;
}

enum boot_action health_module_action(void)
{
	const enum boot_action action = the.module;

	the.module = BOOT_LOG;
	return action;
}

/* "health TIME PARTITION ERROR ACTION COUNT PC ADDRESS" */
static void print(const struct event *event)
{
	log_text("health ");
	log_number(event->time_ns);
	log_text(" ");
	log_number(event->partition);
	log_text(" ");
	log_number(event->error);
	log_text(" ");
	log_number(event->action);
	log_text(" ");
	log_number(event->count);
	log_text(" ");
	log_number(event->pc);
	log_text(" ");
	log_number(event->address);
	log_text(" ");
	log_end_of_line();
}

static void print_lost(void)
{
	log_text("missed ");
	log_number(the.lost);
	log_text(" ");
	log_end_of_line();
	the.lost = 0;
}

bool health_drain(void)
{
	if (log_room() < EVENT_TEXT)
		return true;
	if (the.count) {
		print(&the.events[the.first]);
		the.first = (the.first + 1) % EVENTS;
		the.count--;
	} else if (the.lost) {
		print_lost();
	}
	return the.count || the.lost;
}
