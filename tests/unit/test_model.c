/*
 * A compiled model: the launcher takes what monitor-model writes, and refuses each damage
 * of it.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/model/model_check.h"
#include "unit.h"

#define MAX_SIZE 4096

/* A model in memory that ends where the model ends. */
struct bytes {
	_Alignas(8) uint8_t at[MAX_SIZE];
	size_t size;
};

static struct bytes read_model(void)
{
	FILE *file = fopen(unit_path("unit/partitions.model"), "rb");
	struct bytes bytes = { 0 };

	ck_assert_ptr_nonnull(file);
	bytes.size = fread(bytes.at, 1, sizeof(bytes.at), file);
	fclose(file);
	return bytes;
}

static struct model *header(struct bytes *bytes)
{
	return (struct model *)bytes->at;
}

#define TABLE(type, name, table)                                                         \
	static struct type *name(struct bytes *bytes, unsigned index)                    \
	{                                                                                \
		return (struct type *)(bytes->at + header(bytes)->table.offset) + index; \
	}

TABLE(model_partition, partition, partitions)
TABLE(model_schedule, schedule, schedules)
TABLE(model_slot, slot, slots)
TABLE(model_channel, channel, channels)
TABLE(model_end, end, ends)
TABLE(model_health, rule, health)

/* The whole file in memory of its own size, so that a sanitizer sees its end. */
static int check(const struct bytes *bytes, struct message *message)
{
	void *copy = aligned_alloc(8, (bytes->size + 7) & ~(size_t)7);
	int error;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, bytes->at, bytes->size);
	*message = (struct message){ "nothing" };
	error = model_check(copy, bytes->size, message);
	free(copy);
	return error;
}

START_TEST(what_the_compiler_writes_is_good)
{
	struct bytes bytes = read_model();
	struct message message;

	ck_assert_int_eq(check(&bytes, &message), 0);
	ck_assert_uint_eq(header(&bytes)->partitions.count, 2);
}
END_TEST

START_TEST(a_model_of_any_other_length_is_refused)
{
	struct bytes bytes = read_model();
	const size_t size = bytes.size;
	struct message message;

	for (bytes.size = 1; bytes.size < size; bytes.size++)
		ck_assert_int_lt(check(&bytes, &message), 0);
	bytes.size = size + 8;
	ck_assert_int_lt(check(&bytes, &message), 0);
}
END_TEST

#define DAMAGE(name, statement)                                                          \
	static void name(struct bytes *bytes)                                            \
	{                                                                                \
		statement;                                                               \
	}

DAMAGE(damage_magic, header(bytes)->magic++)
DAMAGE(damage_version, header(bytes)->version++)
DAMAGE(damage_frame, header(bytes)->frame_ns = 0)
DAMAGE(damage_table, header(bytes)->slots.offset = 4)
DAMAGE(damage_count, header(bytes)->ends.count = UINT32_MAX)
DAMAGE(damage_strings, header(bytes)->strings.count--)
DAMAGE(damage_name, partition(bytes, 0)->name = UINT32_MAX)
DAMAGE(damage_same_name, partition(bytes, 1)->name = partition(bytes, 0)->name)
DAMAGE(damage_words, partition(bytes, 1)->arguments.first = 9)
DAMAGE(damage_options, partition(bytes, 1)->options = 0x80)
DAMAGE(damage_console, partition(bytes, 1)->options = partition(bytes, 0)->options)
DAMAGE(damage_memory, partition(bytes, 1)->memory = partition(bytes, 1)->stack)
DAMAGE(damage_schedule, schedule(bytes, 0)->slots.first = 1)
DAMAGE(damage_slot, slot(bytes, 1)->start_ns = slot(bytes, 0)->start_ns)
DAMAGE(damage_slot_partition, slot(bytes, 1)->partition = 2)
DAMAGE(damage_no_slot, slot(bytes, 1)->partition = slot(bytes, 0)->partition)
DAMAGE(damage_kind, channel(bytes, 0)->kind = MODEL_KINDS)
DAMAGE(damage_size, channel(bytes, 0)->size = MODEL_MAX_MESSAGE + 1)
DAMAGE(damage_refresh, channel(bytes, 0)->refresh_ns = 0)
DAMAGE(damage_ends, channel(bytes, 0)->ends.count = 1)
DAMAGE(damage_direction, end(bytes, 0)->direction = MODEL_DESTINATION)
DAMAGE(damage_vector, end(bytes, 1)->vector = 16)
DAMAGE(damage_port, end(bytes, 1)->port = UINT32_MAX)
DAMAGE(damage_error, rule(bytes, 0)->error = MODEL_ERRORS)
DAMAGE(damage_level, rule(bytes, 0)->level = MODEL_LEVEL_MODULE)
DAMAGE(damage_action, rule(bytes, 0)->action = MODEL_LOG)
DAMAGE(damage_then, rule(bytes, 0)->then = MODEL_RESTART_WARM)

static const struct {
	void (*damage)(struct bytes *);
	const char *text;
} damages[] = {
	{ damage_magic, "not a compiled model (expected one of monitor-model, or a name "
			"that ends with .toml)" },
	{ damage_version, "compiled model of version 2 (expected 1)" },
	{ damage_frame, "compiled model: its frame, run limit or source is not valid" },
	{ damage_table, "compiled model: the table of slots is out of bounds" },
	{ damage_count, "compiled model: the table of ends is out of bounds" },
	{ damage_strings, "compiled model: a string without an end" },
	{ damage_name, "compiled model: partition 0: its name or guest is not a valid "
		       "text" },
	{ damage_same_name, "compiled model: partition 1: its name is that of another "
			    "one" },
	{ damage_words, "compiled model: partition 1: its words are out of bounds" },
	{ damage_options, "compiled model: partition 1: unknown options" },
	{ damage_console, "compiled model: partition 1: the console's input has another "
			  "reader" },
	{ damage_memory, "compiled model: partition 1: its memory is not whole pages, or "
			 "too small" },
	{ damage_schedule, "compiled model: schedule 0: its name is not valid, or its "
			   "slots are out of bounds" },
	{ damage_slot, "compiled model: slot 1: too short, not in the frame, or overlaps "
		       "the one before it" },
	{ damage_slot_partition, "compiled model: slot 1: of no partition" },
	{ damage_no_slot, "compiled model: a partition has no slot, or a slot no "
			  "schedule" },
	{ damage_kind, "compiled model: channel 0: its name or kind is not valid" },
	{ damage_size, "compiled model: channel 0: its size or depth is out of range" },
	{ damage_refresh, "compiled model: channel 0: its refresh period is out of "
			  "range" },
	{ damage_ends, "compiled model: channel 0: it has no two ends, or too many" },
	{ damage_direction, "compiled model: end 0: not of its channel" },
	{ damage_vector, "compiled model: end 1: its vector is out of range" },
	{ damage_port, "compiled model: end 1: of no partition, or its port's name is "
		       "not valid" },
	{ damage_error, "compiled model: health rule 0: its error or action is not "
			"valid" },
	{ damage_level, "compiled model: health rule 0: its action is one of the other "
			"level" },
	{ damage_action, "compiled model: health rule 0: the guest cannot go on after "
			 "that error" },
	{ damage_then, "compiled model: health rule 0: its error or action is not "
		       "valid" },
};

START_TEST(each_damage_is_refused_with_its_reason)
{
	for (size_t i = 0; i < COUNT(damages); i++) {
		struct bytes bytes = read_model();
		struct message message;

		damages[i].damage(&bytes);
		ck_assert_int_lt(check(&bytes, &message), 0);
		ck_assert_str_eq(message.text, damages[i].text);
	}
}
END_TEST

/* A model that was found good leads nowhere outside of itself; a sanitizer looks. */
START_TEST(any_value_of_a_word_is_refused_or_harmless)
{
	static const uint32_t values[] = {
		0, 1, 2, 3, 7, 8, 255, 4096, 65535, INT32_MAX, UINT32_MAX,
	};
	struct bytes bytes = read_model();
	unsigned good = 0, refused = 0;

	for (size_t at = 0; at < bytes.size; at += sizeof(uint32_t))
		for (size_t i = 0; i < COUNT(values); i++) {
			struct bytes other = bytes;
			struct message message;

			memcpy(other.at + at, &values[i], sizeof(values[i]));
			if (check(&other, &message))
				refused++;
			else
				good++;
		}
	ck_assert_uint_gt(refused, good);
	ck_assert_uint_gt(good, 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		what_the_compiler_writes_is_good,
		a_model_of_any_other_length_is_refused,
		each_damage_is_refused_with_its_reason,
		any_value_of_a_word_is_refused_or_harmless,
	};

	return unit_run("model", tests, COUNT(tests));
}
