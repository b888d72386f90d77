/*
 * A channel in memory: the rules of sampling and of queues, for a kernel and for
 * processes that share the memory. Freestanding; depends on <stdbool.h>, <stddef.h> and
 * <stdint.h> alone.
 *
 * The memory belongs to both sides, and the other side may write anything to it at any
 * time. So this side keeps its own position in private memory, reads each word of the
 * other side once, and checks it: it then gets wrong messages, but no access lies outside
 * the channel and no loop depends on the other side.
 *
 * A message is copied by the caller, between a begin and an end:
 *
 *	error = channel_put_begin(&channel, size, &copy);
 *	copy `size` bytes to copy.bytes
 *	channel_put_end(&channel, &copy, now_ns);
 *
 * Each side has one thread, which completes a put or get before it begins another: an
 * interrupt handler may not do so in between.
 */
#ifndef JUMPSLOT_CHANNEL_H
#define JUMPSLOT_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHANNEL_MAX_MESSAGE 8192u /* bytes */
#define CHANNEL_MAX_DEPTH   256u  /* messages of a queue */

/* Messages of a sampling channel: the latest, the next, and those that slow readers still
 * copy. */
#define CHANNEL_SAMPLES 4u

enum channel_kind { CHANNEL_SAMPLING, CHANNEL_QUEUING, CHANNEL_KINDS };
enum channel_direction { CHANNEL_SOURCE, CHANNEL_DESTINATION, CHANNEL_DIRECTIONS };

/* The limits of a channel, from the model. */
struct channel_shape {
	uint32_t kind;
	uint32_t size;	/* of a message at most: 1 to CHANNEL_MAX_MESSAGE */
	uint32_t depth; /* of a queue: 1 to CHANNEL_MAX_DEPTH; sampling: 1 */
	uint32_t reserved;
	uint64_t refresh_ns;
};

/* The position of one side, which it alone writes. */
struct channel_side {
	uint32_t position;
	uint32_t reserved[15]; /* a cache line for each side */
};

/* All zeros at first. The messages follow. */
struct channel_memory {
	struct channel_side source;
	struct channel_side destination; /* of a queue */
};

struct channel_message {
	uint32_t size;
	uint32_t reserved;
	uint64_t written_ns;
	/* the bytes follow */
};

/* A channel as one side has it. */
struct channel {
	struct channel_shape shape;
	struct channel_memory *memory; /* readers of a sampling channel write nothing */
	enum channel_direction direction;
	uint32_t own; /* the position of this side */
};

/* A message while it is copied. */
struct channel_copy {
	struct channel_message *message;
	unsigned char *bytes;
	uint32_t size;
	uint32_t position;   /* of a message that is read */
	uint64_t written_ns; /* of such a message */
};

/* Whether a shape keeps to the limits. */
bool channel_shape_is_valid(const struct channel_shape *shape);

/* Bytes of memory of a channel, a multiple of 8. */
size_t channel_memory_size(const struct channel_shape *shape);

/* Gives one side the channel. The position that an earlier process of this side left in
 * the memory stays in force. */
void channel_attach(struct channel *channel, const struct channel_shape *shape,
		    void *memory, enum channel_direction direction);

/* Begins to write a message of `size` bytes. Returns 0; -EMSGSIZE; or -EAGAIN: the queue
 * is full. */
int channel_put_begin(const struct channel *channel, size_t size,
		      struct channel_copy *copy);

/* Publishes it. */
void channel_put_end(struct channel *channel, const struct channel_copy *copy,
		     uint64_t now_ns);

/* Begins to read the latest message, or the first of the queue, into `room` bytes.
 * Returns 0; -EAGAIN: there is none; -EMSGSIZE: it is longer. */
int channel_get_begin(const struct channel *channel, size_t room,
		      struct channel_copy *copy);

/* Takes it off a queue. Returns false if the writer of a sampling channel overtook the
 * reader: the bytes may then be those of several messages. */
bool channel_get_end(struct channel *channel, const struct channel_copy *copy);

/* Messages that it holds: 0 or 1 of a sampling channel. */
uint32_t channel_count(const struct channel *channel);

/* When the latest message of a sampling channel was written. Returns false: never. */
bool channel_written(const struct channel *channel, uint64_t *written_ns);

/* The time since then; 0 for a time in the future. */
static inline uint64_t channel_age(uint64_t written_ns, uint64_t now_ns)
{
	return now_ns > written_ns ? now_ns - written_ns : 0;
}

#endif
