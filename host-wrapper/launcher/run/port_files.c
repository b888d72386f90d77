/* Memory files, eventfds, and who gets them. See port_files.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/channel.h"
#include "common/memory_file.h"
#include "port_files.h"

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

/* While the files are made. */
struct maker {
	const struct model *model;
	const struct port_files_partition *partitions;
	int vectors[MODEL_MAX_PARTITIONS][MODEL_LAST_VECTOR + 1]; /* 0: none yet */
	int wakes[MODEL_MAX_ENDS]; /* of the ends of queues; 0: none yet */
};

_Static_assert((int)MODEL_SAMPLING == CHANNEL_SAMPLING &&
		       (int)MODEL_QUEUING == CHANNEL_QUEUING,
	       "model and channel agree");
_Static_assert((int)MODEL_SOURCE == CHANNEL_SOURCE &&
		       (int)MODEL_DESTINATION == CHANNEL_DESTINATION,
	       "model and channel agree");
_Static_assert(MODEL_FIRST_VECTOR == PLAN_FIRST_LINE &&
		       MODEL_LAST_VECTOR == PLAN_LAST_LINE,
	       "a vector of a port is a line");

static int make_eventfd(struct message *message)
{
	const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	return fd < 0 ? fail(message, errno, "no eventfd for a port: %s", strerror(errno))
		      : fd;
}

/* One for all ports of the partition with that vector: a line has one source. */
static int make_vector(struct maker *maker, const struct model_end *end,
		       struct message *message)
{
	const struct port_files_partition *partition = &maker->partitions[end->partition];
	int *fd = &maker->vectors[end->partition][end->vector];

	if (!end->vector || !partition->takes_interrupts || *fd)
		return 0;
	*fd = make_eventfd(message);
	if (*fd < 0)
		return *fd;
	partition->lines->lines[partition->lines->count++] = (struct irq_line){
		.vector = end->vector,
		.kind = PLAN_LINE_COUNT,
		.descriptor = *fd,
	};
	return 0;
}

/* All wakes, before any end needs those of the others. */
static int make_wakes(struct maker *maker, struct message *message)
{
	const struct model_end *ends = model_ends(maker->model);
	int error = 0;

	for (uint32_t i = 0; !error && i < maker->model->ends.count; i++) {
		const struct model_channel *channel =
			&model_channels(maker->model)[ends[i].channel];

		error = make_vector(maker, &ends[i], message);
		if (error || channel->kind != MODEL_QUEUING)
			continue;
		maker->wakes[i] = make_eventfd(message);
		error = maker->wakes[i] < 0 ? maker->wakes[i] : 0;
	}
	return error;
}

static int make_memory(const struct model *model, const struct model_channel *channel,
		       struct message *message)
{
	const struct channel_shape shape = {
		.kind = channel->kind,
		.size = channel->size,
		.depth = channel->depth,
		.refresh_ns = channel->refresh_ns,
	};
	char name[MODEL_MAX_NAME + 32];
	int fd;

	snprintf(name, sizeof(name), "the channel %s",
		 model_string(model, channel->name));
	fd = memory_file_create(name, channel_memory_size(&shape), message);
	if (fd < 0 || !fcntl(fd, F_ADD_SEALS, SEALS))
		return fd;
	fail(message, errno, "%s: its memory cannot be sealed: %s", name,
	     strerror(errno));
	close(fd);
	return -EIO;
}

/* A descriptor of an end; without the right to write for readers of samples, who could
 * otherwise deceive each other. */
static int share_memory(int memory, const struct model_channel *channel,
			const struct model_end *end, struct message *message)
{
	const bool reads =
		channel->kind == MODEL_SAMPLING && end->direction == MODEL_DESTINATION;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", memory);
	fd = open(path, (reads ? O_RDONLY : O_RDWR) | O_CLOEXEC);
	return fd < 0 ? fail(message, errno, "%s: %s", path, strerror(errno)) : fd;
}

static void add_peer(struct port_files *ports, struct plan_port *port, int fd)
{
	if (!fd)
		return;
	ports->peers[ports->peer_count++] = fd;
	port->peer_count++;
}

/* The eventfds of the ends on the other side. Readers of samples tell nobody. */
static void add_peers(const struct maker *maker, struct port_files *ports,
		      struct plan_port *port, const struct model_channel *channel)
{
	const uint32_t end = channel->ends.first + channel->ends.count;

	port->first_peer = (uint32_t)ports->peer_count;
	if (port->kind == CHANNEL_SAMPLING && port->direction == CHANNEL_DESTINATION)
		return;
	for (uint32_t i = channel->ends.first; i < end; i++) {
		const struct model_end *other = &model_ends(maker->model)[i];

		if (other->direction == port->direction)
			continue;
		add_peer(ports, port, maker->vectors[other->partition][other->vector]);
		add_peer(ports, port, maker->wakes[i]);
	}
}

static int make_port(const struct maker *maker, uint32_t number, int memory,
		     struct message *message)
{
	const struct model_end *end = &model_ends(maker->model)[number];
	const struct model_channel *channel = &model_channels(maker->model)[end->channel];
	struct port_files *ports = maker->partitions[end->partition].ports;
	struct port_file *port = &ports->ports[ports->count];
	const int fd = share_memory(memory, channel, end, message);

	if (fd < 0)
		return fd;
	*port = (struct port_file){
		.name = model_string(maker->model, end->port),
		.record = { .direction = end->direction,
			    .kind = channel->kind,
			    .size = channel->size,
			    .depth = channel->depth,
			    .memory = (uint32_t)fd,
			    .refresh_ns = channel->refresh_ns,
			    .wake = channel->kind == MODEL_QUEUING
					    ? (uint32_t)maker->wakes[number]
					    : PLAN_NO_WAKE },
	};
	add_peers(maker, ports, &port->record, channel);
	ports->count++;
	return 0;
}

static int make_channel(const struct maker *maker, const struct model_channel *channel,
			struct message *message)
{
	const int memory = make_memory(maker->model, channel, message);
	int error = memory < 0 ? memory : 0;

	for (uint32_t i = 0; !error && i < channel->ends.count; i++)
		error = make_port(maker, channel->ends.first + i, memory, message);
	if (memory >= 0)
		close(memory);
	return error;
}

int port_files_make(const struct model *model,
		    const struct port_files_partition *partitions,
		    struct message *message)
{
	struct maker maker = { .model = model, .partitions = partitions };
	int error = make_wakes(&maker, message);

	for (uint32_t i = 0; !error && i < model->channels.count; i++)
		error = make_channel(&maker, &model_channels(model)[i], message);
	return error;
}

static void pass_on(int fd)
{
	fcntl(fd, F_SETFD, 0);
}

void port_files_pass_on(const struct port_files *ports, const struct irq_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		pass_on(lines->lines[i].descriptor);
	for (size_t i = 0; i < ports->peer_count; i++)
		pass_on(ports->peers[i]);
	for (size_t i = 0; i < ports->count; i++) {
		pass_on((int)ports->ports[i].record.memory);
		if (ports->ports[i].record.wake != PLAN_NO_WAKE)
			pass_on((int)ports->ports[i].record.wake);
	}
}
