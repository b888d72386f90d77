/*
 * The boot image of the monitor: the kernel's checks take what the launcher makes, and
 * refuse each damage. The same source as in the kernel, built with sanitizers.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/code_table_x86.h"
#include "common/page.h"
#include "monitor/kernel/boot_check.h"
#include "unit.h"

static const char channels_name[] = "unit/channels.boot";

/* An image in memory that ends where the image ends. */
struct bytes {
	uint8_t *at;
	size_t size;
};

static const char *const names[] = { "unit/hello-x86_64.boot", "unit/hello-i386.boot" };

static struct bytes read_image(const char *name)
{
	FILE *file = fopen(unit_path(name), "rb");
	struct bytes bytes = { 0 };

	ck_assert_ptr_nonnull(file);
	fseek(file, 0, SEEK_END);
	bytes.size = (size_t)ftell(file);
	rewind(file);
	bytes.at = aligned_alloc(PAGE, bytes.size);
	ck_assert_uint_eq(fread(bytes.at, 1, bytes.size, file), bytes.size);
	fclose(file);
	return bytes;
}

static struct boot_image *header(const struct bytes *bytes)
{
	return (struct boot_image *)bytes->at;
}

static struct boot_partition *partition(const struct bytes *bytes)
{
	return (struct boot_partition *)(bytes->at + header(bytes)->partitions.offset);
}

static struct boot_region *region(const struct bytes *bytes, unsigned index)
{
	return (struct boot_region *)(bytes->at + header(bytes)->regions.offset) + index;
}

static struct boot_range *range(const struct bytes *bytes, unsigned index)
{
	return (struct boot_range *)(bytes->at + header(bytes)->ranges.offset) + index;
}

static struct boot_slot *slot(const struct bytes *bytes)
{
	return (struct boot_slot *)(bytes->at + header(bytes)->slots.offset);
}

static struct boot_schedule *schedule(const struct bytes *bytes)
{
	return (struct boot_schedule *)(bytes->at + header(bytes)->schedules.offset);
}

static struct boot_rule *rule(const struct bytes *bytes, unsigned index)
{
	return (struct boot_rule *)(bytes->at + header(bytes)->rules.offset) + index;
}

/* Where the tables end: damage is done there. */
static struct boot_channel *channel(const struct bytes *bytes, unsigned index)
{
	return (struct boot_channel *)(bytes->at + header(bytes)->channels.offset) +
	       index;
}

static struct boot_end *end(const struct bytes *bytes, unsigned index)
{
	return (struct boot_end *)(bytes->at + header(bytes)->ends.offset) + index;
}

static size_t tables_size(const struct bytes *bytes)
{
	return header(bytes)->rules.offset +
	       header(bytes)->rules.count * sizeof(struct boot_rule);
}

static void set_hash(const struct bytes *bytes)
{
	header(bytes)->hash =
		boot_hash(bytes->at + BOOT_HASH_FROM, bytes->size - BOOT_HASH_FROM);
}

static const char *problem(const struct bytes *bytes)
{
	return boot_check(bytes->at, bytes->size).text;
}

/* The sum of what the kernel reads of a good image without another look. */
static uint64_t read_all(const struct bytes *bytes)
{
	const struct boot_image *image = header(bytes);
	uint64_t sum = 0;

	for (uint64_t i = 0; i < image->regions.count; i++) {
		const struct boot_region *each = &boot_regions(image)[i];

		for (uint64_t j = 0; j < each->file_size; j++)
			sum += bytes->at[each->offset + j];
	}
	for (uint64_t i = 0; i < image->ranges.count; i++)
		sum += boot_ranges(image)[i].start;
	for (uint64_t i = 0; i < image->slots.count; i++)
		sum += boot_partitions(image)[boot_slots(image)[i].partition].entry;
	return sum;
}

static void check_good(const char *name)
{
	struct bytes bytes = read_image(name);

	ck_assert_ptr_null(problem(&bytes));
	ck_assert_uint_ne(read_all(&bytes), 0);
	free(bytes.at);
}

START_TEST(what_the_launcher_makes_is_good)
{
	check_good(channels_name);
	for (size_t i = 0; i < COUNT(names); i++)
		check_good(names[i]);
}
END_TEST

static void check_lengths(const char *name)
{
	struct bytes bytes = read_image(name);

	for (size_t size = 0; size < 4096; size++) {
		uint8_t *part = malloc(size ? size : 1);

		memcpy(part, bytes.at, size);
		ck_assert_ptr_nonnull(boot_check(part, size).text);
		free(part);
	}
	ck_assert_ptr_nonnull(boot_check(bytes.at, bytes.size - 8).text);
	free(bytes.at);
}

START_TEST(an_image_of_any_other_length_is_refused)
{
	for (size_t i = 0; i < COUNT(names); i++)
		check_lengths(names[i]);
}
END_TEST

static void check_bits(const char *name)
{
	struct bytes bytes = read_image(name);
	const size_t end = tables_size(&bytes);

	for (size_t i = BOOT_HASH_FROM; i < end; i++)
		for (unsigned bit = 0; bit < 8; bit += 3) {
			bytes.at[i] ^= (uint8_t)(1u << bit);
			ck_assert_str_eq(problem(&bytes), "damaged: its hash is wrong");
			bytes.at[i] ^= (uint8_t)(1u << bit);
		}
	ck_assert_ptr_null(problem(&bytes));
	free(bytes.at);
}

START_TEST(each_changed_bit_of_a_table_is_found_by_the_hash)
{
	for (size_t i = 0; i < COUNT(names); i++)
		check_bits(names[i]);
}
END_TEST

/* With a hash that is right again, so that the check of the field itself is reached. */
static void check_values(const char *name)
{
	static const uint64_t values[] = {
		0,
		1,
		2,
		7,
		8,
		4095,
		4096,
		4097,
		UINT32_MAX,
		INT64_MAX,
		UINT64_MAX,
		UINT64_MAX - 4095,
		BOOT_LIMIT_I386,
		BOOT_LIMIT_X86_64,
	};
	struct bytes bytes = read_image(name);
	const size_t end = tables_size(&bytes);
	unsigned refused = 0, good = 0;

	for (size_t at = BOOT_HASH_FROM; at < end; at += 4)
		for (size_t i = 0; i < 2 * COUNT(values); i++) {
			const size_t width = i % 2 && at + 8 <= end ? 8 : 4;
			uint8_t before[8];

			memcpy(before, bytes.at + at, width);
			memcpy(bytes.at + at, &values[i / 2], width);
			set_hash(&bytes);
			if (problem(&bytes))
				refused++;
			else if (read_all(&bytes))
				good++;
			memcpy(bytes.at + at, before, width);
		}
	/* Most fields have few good values; names, addresses in the guest and lengths of
	   time have many. */
	ck_assert_uint_gt(refused, 3 * good);
	ck_assert_uint_gt(good, 0);
	free(bytes.at);
}

START_TEST(any_value_of_a_field_is_refused_or_harmless)
{
	for (size_t i = 0; i < COUNT(names); i++)
		check_values(names[i]);
}
END_TEST

/* One damage each, and what is said about it. */
#define DAMAGE(name, statement)                                                          \
	static void name(const struct bytes *bytes)                                      \
	{                                                                                \
		statement;                                                               \
	}

DAMAGE(damage_magic, header(bytes)->magic++)
DAMAGE(damage_version, header(bytes)->version++)
DAMAGE(damage_options, header(bytes)->options = 0x80)
DAMAGE(damage_frame, header(bytes)->frame_ns = 0)
DAMAGE(damage_table, header(bytes)->regions.offset = bytes->size)
DAMAGE(damage_table_count, header(bytes)->ranges.count = UINT64_MAX / 16)
DAMAGE(damage_name, partition(bytes)->name[0] = 0)
DAMAGE(damage_long_name, memset(partition(bytes)->name, 'x', BOOT_NAME))
DAMAGE(damage_machine, partition(bytes)->machine = 40)
DAMAGE(damage_entry, partition(bytes)->entry = region(bytes, 0)->address - 1)
DAMAGE(damage_runtime_entry, partition(bytes)->entry = partition(bytes)->runtime.calls)
DAMAGE(damage_state, partition(bytes)->vcpu_state = 0x1000)
DAMAGE(damage_start, partition(bytes)->start_info = 0x10)
DAMAGE(damage_calls, partition(bytes)->runtime.calls = partition(bytes)->entry)
DAMAGE(damage_vcpu, partition(bytes)->runtime.vcpu += 4096)
DAMAGE(damage_field, partition(bytes)->runtime.used = 124)
DAMAGE(damage_access, region(bytes, 0)->access = BOOT_READ | BOOT_WRITE | BOOT_EXECUTE)
DAMAGE(damage_no_read, region(bytes, 0)->access = BOOT_EXECUTE)
DAMAGE(damage_overlap, region(bytes, 1)->address = region(bytes, 0)->address)
DAMAGE(damage_order, region(bytes, 2)->address = 0x1000)
DAMAGE(damage_page_zero, region(bytes, 0)->address = 0)
DAMAGE(damage_half_page, region(bytes, 0)->size += 8)
DAMAGE(damage_limit, region(bytes, 0)->address = UINT64_MAX - 4095)
DAMAGE(damage_contents, region(bytes, 0)->offset = bytes->size & ~(uint64_t)4095)
DAMAGE(damage_tables_shown, region(bytes, 0)->offset = 0)
DAMAGE(damage_shared, region(bytes, 1)->offset = region(bytes, 0)->offset)
DAMAGE(damage_file_size, region(bytes, 0)->file_size = region(bytes, 0)->size + 1)
DAMAGE(damage_kind, region(bytes, 0)->kind = BOOT_REGION_KINDS)
DAMAGE(damage_second_stack, region(bytes, 0)->kind = BOOT_STACK)
DAMAGE(damage_range, range(bytes, 0)->end = range(bytes, 0)->start)
DAMAGE(damage_range_kind, range(bytes, 0)->kind = CODE_GATE)
DAMAGE(damage_range_place, range(bytes, 0)->start = partition(bytes)->entry)
DAMAGE(damage_slot_partition, slot(bytes)->partition = 1)
DAMAGE(damage_slot_length, slot(bytes)->length_ns = UINT64_MAX)
DAMAGE(damage_short_slot, slot(bytes)->length_ns = 1)
DAMAGE(damage_run, header(bytes)->run_ns = 0)
DAMAGE(damage_schedules, header(bytes)->schedules.count = BOOT_MAX_SCHEDULES + 1)
DAMAGE(damage_schedule_name, schedule(bytes)->name[0] = ' ')
DAMAGE(damage_schedule_slots, schedule(bytes)->slots.count = 2)
DAMAGE(damage_first_slot, schedule(bytes)->slots.first = 1)
DAMAGE(damage_rules, header(bytes)->rules.count--)
DAMAGE(damage_action, rule(bytes, 0)->action = BOOT_ACTIONS)
DAMAGE(damage_log, rule(bytes, BOOT_ERROR_FAULT)->action = BOOT_LOG)
DAMAGE(damage_handler, rule(bytes, BOOT_ERROR_EXIT)->action = BOOT_GUEST)
DAMAGE(damage_then, rule(bytes, BOOT_ERROR_EXIT)->then = BOOT_RESTART_WARM)
DAMAGE(damage_restarts, rule(bytes, 0)->restarts = BOOT_MAX_RESTARTS + 1)

static const struct {
	void (*damage)(const struct bytes *);
	const char *text;
} damages[] = {
	{ damage_magic, "not a boot image" },
	{ damage_version, "of another version than this kernel" },
	{ damage_options, "unknown options" },
	{ damage_frame, "its frame has no valid length" },
	{ damage_table, "the table of regions is out of bounds" },
	{ damage_table_count, "the table of ranges is out of bounds" },
	{ damage_name, "not a name" },
	{ damage_long_name, "not a name" },
	{ damage_machine, "for an unknown machine, or with unknown options" },
	{ damage_entry, "its entry is not in its code" },
	{ damage_runtime_entry, "its entry is not in its code" },
	{ damage_state, "the state of its virtual CPU is not a writable page" },
	{ damage_start, "its start information is not in its memory" },
	{ damage_calls, "an address of its runtime is not code of the runtime" },
	{ damage_vcpu, "the variables of its runtime are out of bounds" },
	{ damage_field, "the variables of its runtime are out of bounds" },
	{ damage_access, "unknown access, or both writable and executable" },
	{ damage_no_read, "unknown access, or both writable and executable" },
	{ damage_overlap, "overlaps the one before it, or comes too late" },
	{ damage_order, "overlaps the one before it, or comes too late" },
	{ damage_page_zero, "outside of the addresses for guests" },
	{ damage_half_page, "not whole pages" },
	{ damage_limit, "outside of the addresses for guests" },
	{ damage_contents, "its contents are out of bounds" },
	{ damage_tables_shown, "its contents are not in pages of their own" },
	{ damage_shared, "shares contents with another one" },
	{ damage_file_size, "its contents are larger than itself" },
	{ damage_kind, "of an unknown kind" },
	{ damage_second_stack, "a stack or work area that is not readable and writable "
			       "alone" },
	{ damage_range, "not a range of the runtime's code" },
	{ damage_range_kind, "not a range of the runtime's code" },
	{ damage_range_place, "not a range of the runtime's code" },
	{ damage_slot_partition, "of no partition" },
	{ damage_slot_length, "too short, not in the frame, or overlaps the one before "
			      "it" },
	{ damage_short_slot, "too short, not in the frame, or overlaps the one before "
			     "it" },
	{ damage_run, "its run has no valid length" },
	{ damage_schedules, "the table of schedules is out of bounds" },
	{ damage_schedule_name, "its name or its slots are not valid" },
	{ damage_schedule_slots, "its name or its slots are not valid" },
	{ damage_first_slot, "its name or its slots are not valid" },
	{ damage_rules, "the table of rules is out of bounds" },
	{ damage_action, "not a valid action" },
	{ damage_log, "not a valid action" },
	{ damage_handler, "not a valid action" },
	{ damage_then, "not a valid action" },
	{ damage_restarts, "not a valid action" },
};

static void check_damages(const char *name)
{
	for (size_t i = 0; i < COUNT(damages); i++) {
		struct bytes bytes = read_image(name);

		damages[i].damage(&bytes);
		set_hash(&bytes);
		ck_assert_ptr_nonnull(problem(&bytes));
		ck_assert_str_eq(problem(&bytes), damages[i].text);
		free(bytes.at);
	}
}

START_TEST(each_damage_is_refused_with_its_reason)
{
	for (size_t i = 0; i < COUNT(names); i++)
		check_damages(names[i]);
}
END_TEST

DAMAGE(damage_channels, header(bytes)->channels.count = BOOT_MAX_CHANNELS + 1)
DAMAGE(damage_channel_table, header(bytes)->channels.offset += 4)
DAMAGE(damage_ends, header(bytes)->ends.count = BOOT_MAX_ENDS + 1)
DAMAGE(damage_few_ends, header(bytes)->ends.count--)
DAMAGE(damage_no_channels, header(bytes)->channels = (struct boot_table){ 0 })
DAMAGE(damage_channel_kind, channel(bytes, 0)->kind = 2)
DAMAGE(damage_channel_size, channel(bytes, 1)->size++)
DAMAGE(damage_channel_empty, channel(bytes, 1)->size = 0)
DAMAGE(damage_depth, channel(bytes, 1)->depth = 257)
DAMAGE(damage_no_depth, channel(bytes, 1)->depth = 0)
DAMAGE(damage_sampling_depth, channel(bytes, 0)->depth = 2)
DAMAGE(damage_queue_refresh, channel(bytes, 1)->refresh_ns = 1)
DAMAGE(damage_channel_reserved, channel(bytes, 1)->reserved = 1)
DAMAGE(damage_first_end, channel(bytes, 1)->ends.first = 1)
DAMAGE(damage_one_end, channel(bytes, 0)->ends.count = 1)
DAMAGE(damage_many_ends, channel(bytes, 1)->ends.count = 3)
DAMAGE(damage_end_partition, end(bytes, 1)->partition = 2)
DAMAGE(damage_end_direction, end(bytes, 1)->direction = 0)
DAMAGE(damage_end_unknown, end(bytes, 1)->direction = 2)
DAMAGE(damage_end_channel, end(bytes, 1)->channel = 1)
DAMAGE(damage_end_vector, end(bytes, 1)->vector = 16)
DAMAGE(damage_port, end(bytes, 1)->port[0] = 0)
DAMAGE(damage_long_port, memset(end(bytes, 1)->port, 'x', BOOT_NAME))
DAMAGE(damage_port_end, end(bytes, 1)->port[BOOT_NAME - 1] = 'x')

static const struct {
	void (*damage)(const struct bytes *);
	const char *text;
} channel_damages[] = {
	{ damage_channels, "the table of channels is out of bounds" },
	{ damage_channel_table, "the table of channels is out of bounds" },
	{ damage_ends, "the table of ends is out of bounds" },
	{ damage_few_ends, "its limits or its ends are not valid" },
	{ damage_no_channels, "an end belongs to no channel" },
	{ damage_channel_kind, "its limits or its ends are not valid" },
	{ damage_channel_size, "its limits or its ends are not valid" },
	{ damage_channel_empty, "its limits or its ends are not valid" },
	{ damage_depth, "its limits or its ends are not valid" },
	{ damage_no_depth, "its limits or its ends are not valid" },
	{ damage_sampling_depth, "its limits or its ends are not valid" },
	{ damage_queue_refresh, "its limits or its ends are not valid" },
	{ damage_channel_reserved, "its limits or its ends are not valid" },
	{ damage_first_end, "its limits or its ends are not valid" },
	{ damage_one_end, "its limits or its ends are not valid" },
	{ damage_many_ends, "its limits or its ends are not valid" },
	{ damage_end_partition, "not a valid port" },
	{ damage_end_direction, "not a valid port" },
	{ damage_end_unknown, "not a valid port" },
	{ damage_end_channel, "not a valid port" },
	{ damage_end_vector, "not a valid port" },
	{ damage_port, "not a valid port" },
	{ damage_long_port, "not a valid port" },
	{ damage_port_end, "not a valid port" },
};

START_TEST(a_wrong_record_of_a_channel_is_refused)
{
	for (size_t i = 0; i < COUNT(channel_damages); i++) {
		struct bytes bytes = read_image(channels_name);

		channel_damages[i].damage(&bytes);
		set_hash(&bytes);
		ck_assert_pstr_eq(problem(&bytes), channel_damages[i].text);
		free(bytes.at);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		what_the_launcher_makes_is_good,
		an_image_of_any_other_length_is_refused,
		each_changed_bit_of_a_table_is_found_by_the_hash,
		any_value_of_a_field_is_refused_or_harmless,
		each_damage_is_refused_with_its_reason,
		a_wrong_record_of_a_channel_is_refused,
	};

	return unit_run("boot_check", tests, COUNT(tests));
}
