/*
 * A compiled model. The launcher refuses it with a reason, or everything that it reads
 * without another look lies within it.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "launcher/model/model_check.h"

static volatile uint64_t sink;

static void read_text(const struct model *model, uint32_t string)
{
	sink += strlen(model_string(model, string));
}

static void read_words(const struct model *model, const struct model_span *span)
{
	for (uint32_t i = 0; i < span->count; i++)
		read_text(model, model_words(model)[span->first + i]);
}

static void read_partitions(const struct model *model)
{
	for (uint32_t i = 0; i < model->partitions.count; i++) {
		const struct model_partition *partition = &model_partitions(model)[i];

		read_text(model, partition->name);
		read_text(model, partition->guest);
		read_words(model, &partition->arguments);
		read_words(model, &partition->libraries);
	}
}

static void read_times(const struct model *model)
{
	for (uint32_t i = 0; i < model->schedules.count; i++) {
		const struct model_schedule *schedule = &model_schedules(model)[i];

		read_text(model, schedule->name);
		for (uint32_t j = 0; j < schedule->slots.count; j++) {
			const struct model_slot *slot =
				&model_slots(model)[schedule->slots.first + j];

			if (slot->partition >= model->partitions.count ||
			    slot->start_ns + slot->length_ns > model->frame_ns)
				abort();
		}
	}
}

static void read_channels(const struct model *model)
{
	for (uint32_t i = 0; i < model->channels.count; i++) {
		const struct model_channel *channel = &model_channels(model)[i];

		read_text(model, channel->name);
		for (uint32_t j = 0; j < channel->ends.count; j++) {
			const struct model_end *end =
				&model_ends(model)[channel->ends.first + j];

			read_text(model, end->port);
			if (end->partition >= model->partitions.count)
				abort();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct message message = { "" };
	void *bytes = aligned_alloc(8, (size + 8) & ~(size_t)7);

	if (!bytes)
		abort();
	memcpy(bytes, data, size);
	if (model_check(bytes, size, &message)) {
		if (!message.text[0])
			abort();
	} else {
		read_partitions(bytes);
		read_times(bytes);
		read_channels(bytes);
	}
	free(bytes);
	return 0;
}
