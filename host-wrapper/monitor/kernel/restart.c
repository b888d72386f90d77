/* Pages first, then registers. See restart.h. */
#include <jumpslot/abi/multiboot_i386.h>
#include "console_lines.h"
#include "guest_memory.h"
#include "memory_bytes.h"
#include "monitor/calls.h"
#include "pages.h"
#include "restart.h"

void restart_begin(struct partition *partition, bool keeps_work_area)
{
	if (partition->phase == PARTITION_RUNNING)
		console_lines_end(partition);
	partition->phase = PARTITION_STARTING;
	partition->has_trap = false;
	partition->keeps_work_area = keeps_work_area;
	partition->next_region = 0;
	partition->next_page = 0;
}

static void write_page(const struct partition *partition,
		       const struct partition_region *region, uint64_t offset)
{
	const struct boot_region *record = region->record;
	const char *contents = boot_at(partition->image, record->offset + offset);
	char *page = pages_window(region->physical + offset);
	uint64_t bytes = 0;

	if (record->file_size > offset)
		bytes = record->file_size - offset;
	if (bytes > BOOT_PAGE)
		bytes = BOOT_PAGE;
	if (bytes)
		memcpy(page, contents, bytes);
	memset(page + bytes, 0, BOOT_PAGE - bytes);
}

static bool is_written(const struct partition *partition,
		       const struct partition_region *region)
{
	return region->is_own &&
	       !(partition->keeps_work_area && region->record->kind == BOOT_WORK_AREA);
}

/* As vcpu_start() does in other hosts. */
static void start_vcpu(struct partition *partition)
{
	volatile struct jumpslot_vcpu_state *state = partition->state;

	if (!state)
		return;
	state->version = JUMPSLOT_VCPU_VERSION;
	state->size = sizeof(*state);
	state->level = 1;
	state->nesting = 0;
	state->pending = 0;
	state->masked = UINT64_MAX;
	state->in_service = 0;
	state->missed = 0;
	state->coalesced = 0;
	state->partition = partition->number;
	state->reserved = 0;
	state->stack_limit = 0;
}

static void set_registers(struct partition *partition)
{
	const struct boot_partition *record = partition->record;
	const uint64_t word = partition_word(partition);
	const uint64_t returned =
		record->runtime.calls + (uint64_t)MONITOR_RETURNED * MONITOR_CALL_BYTES;
	struct trap_frame *registers = &partition->registers;

	*registers = (struct trap_frame){
		.pc = record->entry,
		.cs = GUEST_CODE,
		.flags = X86_FLAGS_DEFAULT,
		.sp = partition->stack->end - word,
		.ss = GUEST_DATA,
	};
	guest_memory_write(partition, registers->sp, &returned, word);
	if (partition->is_64_bit) {
		registers->general.di = record->start_info;
		return;
	}
	registers->general.ax = JUMPSLOT_MULTIBOOT_MAGIC;
	registers->general.bx = record->multiboot;
	registers->general.dx = record->start_info;
}

static void enter(struct partition *partition, uint64_t now_ns)
{
	start_vcpu(partition);
	set_registers(partition);
	partition->started_ns = now_ns;
	partition->has_clock = partition->clock_is_set = false;
	partition->watches_console = false;
	partition->waits = partition->waits_for_port = false;
	partition->fault_handler = 0;
	partition->retries = 0;
	partition->left.decision = JUMPSLOT_FAULT_REPORT;
	partition->phase = PARTITION_RUNNING;
	xstate_load_initial();
}

void restart_step(struct partition *partition, uint64_t now_ns)
{
	const struct partition_region *region =
		&partition->regions[partition->next_region];

	if (partition->next_region == partition->region_count) {
		enter(partition, now_ns);
		return;
	}
	if (!is_written(partition, region) ||
	    partition->next_page == region->end - region->start) {
		partition->next_region++;
		partition->next_page = 0;
		return;
	}
	write_page(partition, region, partition->next_page);
	partition->next_page += BOOT_PAGE;
}
