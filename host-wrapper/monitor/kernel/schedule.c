/* One frame after the other; in each, its slots. See schedule.h. */
#include "calls.h"
#include "clock.h"
#include "console.h"
#include "console_lines.h"
#include "ending.h"
#include "faults.h"
#include "guest_clock.h"
#include "guest_memory.h"
#include "health.h"
#include "interrupts.h"
#include "log.h"
#include "machine.h"
#include "monitor/calls.h"
#include "pages.h"
#include "restart.h"
#include "ports.h"
#include "schedule.h"

/* From the start of the kernel's clock to the first frame. */
#define BEFORE_FIRST_FRAME_NS 100000u
/* The timer interrupts so long before a slot, and the kernel waits for the slot: longer
 * than the timer's grain of 838 ns and an interrupt take. */
#define BEFORE_SLOT_NS ((uint64_t)1200)
/* No path of the kernel takes longer, and none begins if a slot ends sooner. */
#define PATH_NS ((uint64_t)20000)
/* Writing an event for the log, and all that waits for the serial lines. */
#define DRAIN_NS (2 * PATH_NS)

_Static_assert(BOOT_MIN_SLOT_NS > 2 * PATH_NS, "a slot has time for a path");

static struct partition partitions[BOOT_MAX_PARTITIONS];

static struct {
	const struct boot_image *image;
	const struct boot_slot *slots; /* of the schedule in force */
	uint32_t slot_count;
	uint32_t next_schedule;	   /* in force with the next frame */
	uint32_t count;		   /* of partitions */
	struct partition *current; /* whose registers and addresses are in use */
	uint64_t frame_ns;	   /* when the current frame began */
	uint64_t end_ns;	   /* of the run */
	uint32_t slot;		   /* the current one, or the next one in a gap */
} the;

static bool create(struct partition *partition, uint32_t number)
{
	partition->image = the.image;
	partition->record = &boot_partitions(the.image)[number];
	partition->ranges = boot_ranges(the.image) + partition->record->ranges.first;
	partition->number = number;
	partition->is_64_bit = partition->record->machine == BOOT_X86_64;
	if (!guest_memory_create(partition))
		return false;
	restart_begin(partition, false);
	return true;
}

const char *schedule_create(const struct boot_image *image)
{
	the.image = image;
	the.count = (uint32_t)image->partitions.count;
	for (uint32_t i = 0; i < the.count; i++)
		if (!create(&partitions[i], i))
			return "not enough memory for the partitions";
	if (!ports_create(image))
		return "not enough memory for the channels";
	return NULL;
}

static void use_schedule(uint32_t number)
{
	const struct boot_schedule *schedule = &boot_schedules(the.image)[number];

	the.slots = boot_slots(the.image) + schedule->slots.first;
	the.slot_count = schedule->slots.count;
	the.slot = 0;
	the.next_schedule = number;
}

static bool is_name(const char *a, const char *b)
{
	for (uint32_t i = 0; i < BOOT_NAME; i++) {
		if (a[i] != b[i])
			return false;
		if (!a[i])
			return true;
	}
	return false;
}

bool schedule_choose(const char *name)
{
	for (uint32_t i = 0; i < the.image->schedules.count; i++)
		if (is_name(boot_schedules(the.image)[i].name, name)) {
			the.next_schedule = i;
			return true;
		}
	return false;
}

struct partition *schedule_partition(uint32_t number)
{
	return &partitions[number];
}

struct partition *schedule_current(void)
{
	return the.current;
}

void schedule_console_input(void)
{
	for (uint32_t i = 0; i < the.count; i++)
		console_input(&partitions[i]);
}

static uint64_t slot_start(void)
{
	return the.frame_ns + the.slots[the.slot].start_ns;
}

static uint64_t slot_end(void)
{
	return slot_start() + the.slots[the.slot].length_ns;
}

/* Whole frames may be over if the machine stood still. */
static void skip_frames(uint64_t now)
{
	const uint64_t frame = the.image->frame_ns;

	if (now - the.frame_ns >= frame) {
		the.frame_ns += (now - the.frame_ns) / frame * frame;
		use_schedule(the.next_schedule);
	}
}

static uint64_t slot_timer(void)
{
	return slot_end() - BEFORE_SLOT_NS;
}

static bool has_time(uint64_t now)
{
	return now + PATH_NS < slot_end();
}

static void take_trap(struct partition *partition, uint64_t address, uint64_t now)
{
	if (partition->registers.vector == MONITOR_VECTOR)
		calls_take(partition, now);
	else
		faults_exception(partition, address);
}

void schedule_trap(uint64_t address)
{
	const uint64_t now = clock_now();

	if (has_time(now)) {
		take_trap(the.current, address, now);
		return;
	}
	the.current->has_trap = true;
	the.current->trap_address = address;
}

/* Returns whether there was one. */
static bool take_late_trap(struct partition *partition, uint64_t now)
{
	if (!partition->has_trap || partition->phase != PARTITION_RUNNING)
		return false;
	partition->has_trap = false;
	take_trap(partition, partition->trap_address, now);
	return true;
}

static void find_slot(uint64_t now)
{
	if (now >= the.frame_ns)
		skip_frames(now);
	while (now >= slot_end())
		if (++the.slot == the.slot_count) {
			the.frame_ns += the.image->frame_ns;
			use_schedule(the.next_schedule);
		}
}

/* Makes a partition's addresses and vector registers those in use. */
static void load(struct partition *partition)
{
	if (the.current == partition)
		return;
	if (the.current)
		xstate_save(&the.current->xstate);
	machine_use_tables(partition->root);
	xstate_load(&partition->xstate);
	machine_set_guest(&partition->registers + 1, partition->is_64_bit);
	the.current = partition;
}

static bool have_all_ended(void)
{
	for (uint32_t i = 0; i < the.count; i++)
		if (partitions[i].phase != PARTITION_ENDED)
			return false;
	return true;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Whether the partition, in its slot, executes instructions now. Otherwise `next` is when
 * to look again. */
static bool goes_on(struct partition *partition, uint64_t now, uint64_t *next)
{
	if (partition->phase == PARTITION_ENDED)
		return false;
	guest_clock_look(partition, now);
	*next = earlier(*next, guest_clock_next(partition));
	if (partition->waits && !calls_wait_is_over(partition, now)) {
		*next = earlier(*next, calls_wait_until(partition));
		return false;
	}
	interrupts_deliver(partition);
	return partition->phase == PARTITION_RUNNING;
}

/* Writes what waits for the serial lines. Returns whether anything is left. */
static bool drain(void)
{
	const bool events = health_drain();
	const bool text = log_drain();
	const bool lines = console_lines_drain();

	return events || text || lines;
}

static void finish(void)
{
	while (drain())
		continue;
	log_text("done");
	log_end_of_line();
	log_flush();
	machine_end(the.image->options & BOOT_EXIT_DEVICE);
}

/* Time that nobody needs: for the log, then for the next interrupt. Ends the machine when
 * nobody needs any more: only here, as each switch of partitions counts. */
static void idle(uint64_t until, uint64_t now)
{
	if (have_all_ended())
		finish();
	if (until - now > DRAIN_NS && drain())
		return;
	clock_timer(until);
	machine_wait();
}

/* Returns true if a slot, or a gap, ends so soon that it is over on return. The timer is
 * not to interrupt the next guest: it is put off, or interrupts here. */
static bool wait_for(uint64_t end, uint64_t now)
{
	if (end - now > PATH_NS)
		return false;
	if (end - now > 2 * BEFORE_SLOT_NS)
		clock_timer(UINT64_MAX);
	while (clock_now() < end)
		machine_look();
	return true;
}

static void halt(void)
{
	for (uint32_t i = 0; i < the.count; i++)
		if (partitions[i].phase != PARTITION_ENDED)
			ending_halted(&partitions[i]);
}

/* All partitions start again, in a new frame of the first schedule. */
static void reset(void)
{
	log_text("reset");
	log_end_of_line();
	for (uint32_t i = 0; i < the.count; i++)
		restart_begin(&partitions[i], false);
	use_schedule(0);
	the.frame_ns = clock_now() + BEFORE_FIRST_FRAME_NS;
}

/* Reacts to the end of the run, and to errors that concern all partitions. */
static void look_at_module(uint64_t now)
{
	const enum boot_action action = health_module_action();

	if (action == BOOT_HALT || now >= the.end_ns)
		halt();
	else if (action == BOOT_RESET)
		reset();
}

struct trap_frame *schedule_next(void)
{
	for (;;) {
		const uint64_t now = clock_now();
		struct partition *partition;
		uint64_t next;

		look_at_module(now);
		find_slot(now);
		if (now < slot_start()) {
			if (!wait_for(slot_start(), now))
				idle(earlier(slot_start() - BEFORE_SLOT_NS, the.end_ns),
				     now);
			continue;
		}
		if (wait_for(slot_end(), now))
			continue;
		partition = &partitions[the.slots[the.slot].partition];
		load(partition);
		if (partition->phase == PARTITION_STARTING) {
			restart_step(partition, now);
			continue;
		}
		if (take_late_trap(partition, now))
			continue;
		next = earlier(slot_timer(), the.end_ns);
		if (goes_on(partition, now, &next)) {
			console_lines_drain_own(partition);
			clock_timer(has_time(next) ? next : slot_timer());
			return &partition->registers;
		}
		if (partition->phase != PARTITION_STARTING)
			idle(next, now);
	}
}

void schedule_start(void)
{
	for (uint32_t i = 0; i < the.count; i++)
		xstate_make_initial(&partitions[i].xstate);
	use_schedule(0);
	the.frame_ns = clock_now() + BEFORE_FIRST_FRAME_NS;
	the.end_ns = the.image->run_ns < BOOT_MAX_RUN_NS - the.frame_ns
			     ? the.frame_ns + the.image->run_ns
			     : UINT64_MAX;
	first_guest(schedule_next());
}
