/*
 * Positions. See channel.h.
 *
 * A queue of depth n counts positions from 0 to 2n - 1, so that a full queue differs from
 * an empty one. A sampling channel counts its messages from 1, without 0 when the count
 * wraps; 0: none yet.
 */
#include <linux/errno.h>

#include "channel.h"

static uint32_t load(const uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

static bool is_sampling(const struct channel_shape *shape)
{
	return shape->kind == CHANNEL_SAMPLING;
}

bool channel_shape_is_valid(const struct channel_shape *shape)
{
	if (shape->kind >= CHANNEL_KINDS || !shape->size || !shape->depth ||
	    shape->size > CHANNEL_MAX_MESSAGE || shape->depth > CHANNEL_MAX_DEPTH)
		return false;
	return is_sampling(shape) ? shape->depth == 1 : !shape->refresh_ns;
}

static uint32_t messages(const struct channel_shape *shape)
{
	return is_sampling(shape) ? CHANNEL_SAMPLES : shape->depth;
}

static size_t stride(const struct channel_shape *shape)
{
	return sizeof(struct channel_message) + ((shape->size + 7u) & ~(size_t)7);
}

size_t channel_memory_size(const struct channel_shape *shape)
{
	return sizeof(struct channel_memory) + messages(shape) * stride(shape);
}

static struct channel_message *message_at(const struct channel *channel,
					  uint32_t position)
{
	char *first = (char *)(channel->memory + 1);
	const uint32_t index = position % messages(&channel->shape);

	return (struct channel_message *)(first + index * stride(&channel->shape));
}

static struct channel_side *own_side(const struct channel *channel)
{
	return channel->direction == CHANNEL_SOURCE ? &channel->memory->source
						    : &channel->memory->destination;
}

static struct channel_side *other_side(const struct channel *channel)
{
	return channel->direction == CHANNEL_SOURCE ? &channel->memory->destination
						    : &channel->memory->source;
}

void channel_attach(struct channel *channel, const struct channel_shape *shape,
		    void *memory, enum channel_direction direction)
{
	*channel = (struct channel){
		.shape = *shape,
		.memory = memory,
		.direction = direction,
	};
	channel->own = load(&own_side(channel)->position);
	if (!is_sampling(shape))
		channel->own %= 2 * shape->depth;
}

/* Returns the messages in a queue, and whether the other side's position is possible. */
static bool queue_count(const struct channel *channel, uint32_t *count)
{
	const uint32_t other = load(&other_side(channel)->position);
	const uint32_t all = 2 * channel->shape.depth;

	if (other >= all)
		return false;
	*count = channel->direction == CHANNEL_SOURCE ? channel->own + all - other
						      : other + all - channel->own;
	*count %= all;
	return *count <= channel->shape.depth;
}

static uint32_t next(const struct channel *channel)
{
	if (is_sampling(&channel->shape))
		return channel->own == UINT32_MAX ? 1 : channel->own + 1;
	return (channel->own + 1) % (2 * channel->shape.depth);
}

static void advance(struct channel *channel)
{
	channel->own = next(channel);
	__atomic_store_n(&own_side(channel)->position, channel->own, __ATOMIC_SEQ_CST);
}

int channel_put_begin(const struct channel *channel, size_t size,
		      struct channel_copy *copy)
{
	const bool samples = is_sampling(&channel->shape);
	uint32_t count;

	if (!size || size > channel->shape.size)
		return -EMSGSIZE;
	if (!samples && (!queue_count(channel, &count) || count == channel->shape.depth))
		return -EAGAIN;
	*copy = (struct channel_copy){
		.size = (uint32_t)size,
		.message = message_at(channel, samples ? next(channel) : channel->own),
	};
	copy->bytes = (unsigned char *)(copy->message + 1);
	return 0;
}

void channel_put_end(struct channel *channel, const struct channel_copy *copy,
		     uint64_t now_ns)
{
	copy->message->size = copy->size;
	copy->message->written_ns = now_ns;
	advance(channel);
}

static uint64_t written_at(const struct channel *channel, uint32_t position)
{
	return *(const volatile uint64_t *)&message_at(channel, position)->written_ns;
}

int channel_get_begin(const struct channel *channel, size_t room,
		      struct channel_copy *copy)
{
	uint32_t count, size;

	if (is_sampling(&channel->shape)) {
		copy->position = load(&channel->memory->source.position);
		count = copy->position;
	} else {
		copy->position = channel->own;
		if (!queue_count(channel, &count))
			return -EAGAIN;
	}
	if (!count)
		return -EAGAIN;
	copy->message = message_at(channel, copy->position);
	copy->bytes = (unsigned char *)(copy->message + 1);
	copy->written_ns = written_at(channel, copy->position);
	size = load(&copy->message->size); /* once: the other side may change it */
	copy->size = size < channel->shape.size ? size : channel->shape.size;
	return copy->size > room ? -EMSGSIZE : 0;
}

/* The writer may have begun another message at the same place. */
static bool is_overwritten(const struct channel *channel, const struct channel_copy *copy)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return load(&channel->memory->source.position) - copy->position >=
	       CHANNEL_SAMPLES - 1;
}

bool channel_get_end(struct channel *channel, const struct channel_copy *copy)
{
	if (is_sampling(&channel->shape))
		return !is_overwritten(channel, copy);
	advance(channel);
	return true;
}

uint32_t channel_count(const struct channel *channel)
{
	uint32_t count;

	if (is_sampling(&channel->shape))
		return load(&channel->memory->source.position) != 0;
	return queue_count(channel, &count) ? count : 0;
}

bool channel_written(const struct channel *channel, uint64_t *written_ns)
{
	const uint32_t position = load(&channel->memory->source.position);

	*written_ns = written_at(channel, position);
	return position != 0;
}
