/* Channels, and the ports at their ends. See boot_check.h. */
#include "boot_check_parts.h"
#include "common/channel.h"

static bool is_channel(const struct boot_channel *channel)
{
	const struct channel_shape shape = {
		.kind = channel->kind,
		.size = channel->size,
		.depth = channel->depth,
		.refresh_ns = channel->refresh_ns,
	};

	return channel_shape_is_valid(&shape) && !channel->reserved;
}

/* `place`: of the end in its channel. The first is the source. */
static bool is_end(const struct boot_image *image, const struct boot_end *end,
		   uint64_t channel, uint32_t place)
{
	return is_name(end->port) && end->partition < image->partitions.count &&
	       end->channel == channel && end->vector <= BOOT_LAST_VECTOR &&
	       end->direction == (place ? CHANNEL_DESTINATION : CHANNEL_SOURCE);
}

/* Names are compared whole, so what follows one has to be zeros. */
static bool is_filled(const char *name)
{
	bool ended = false;

	for (unsigned i = 0; i < BOOT_NAME; i++) {
		if (ended && name[i])
			return false;
		ended = !name[i];
	}
	return true;
}

static struct boot_problem check_ends(const struct boot_image *image, uint64_t channel)
{
	const struct boot_span *span = &boot_channels(image)[channel].ends;

	for (uint32_t i = 0; i < span->count; i++) {
		const uint32_t end = span->first + i;

		if (!is_end(image, &boot_ends(image)[end], channel, i) ||
		    !is_filled(boot_ends(image)[end].port))
			return bad_record("end", end, NOBODY, "not a valid port");
	}
	return GOOD;
}

struct boot_problem boot_check_channels(const struct boot_image *image)
{
	uint64_t next = 0;

	for (uint64_t i = 0; i < image->channels.count; i++) {
		const struct boot_channel *channel = &boot_channels(image)[i];
		const uint32_t most =
			channel->kind == CHANNEL_QUEUING ? 2 : BOOT_CHANNEL_ENDS;
		struct boot_problem problem;

		if (!is_channel(channel) || channel->ends.first != next ||
		    channel->ends.count < 2 ||
		    !is_span(&channel->ends, &image->ends, most))
			return bad_record("channel", i, NOBODY,
					  "its limits or its ends are not valid");
		problem = check_ends(image, i);
		if (problem.text)
			return problem;
		next += channel->ends.count;
	}
	return next == image->ends.count ? GOOD : bad("an end belongs to no channel");
}
