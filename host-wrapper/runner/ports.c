/*
 * Channels in shared memory, and eventfds that wake their ends. See ports.h.
 *
 * A call works on the channel at interrupt level 1, since no handler may use the same
 * port in the middle of it. Bytes go through a buffer: the guest never sees a sample that
 * its writer has begun to replace.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <jumpslot/provider.h>
#include <jumpslot/ports.h>
#include <jumpslot/virt_cpu.h>

#include "clock.h"
#include "common/channel.h"
#include "common/table.h"
#include "current.h"
#include "ports.h"
#include "services.h"
#include "vcpu/vcpu.h"

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW)

/* A reader takes a sample that is not replaced meanwhile. An honest writer would have to
 * write thousands of messages during one read to exhaust these tries. */
#define SAMPLE_TRIES 1000

_Static_assert(CHANNEL_MAX_MESSAGE == JUMPSLOT_PORT_MESSAGE, "the limits agree");

static struct {
	struct channel *channels; /* by port */
	unsigned char buffer[CHANNEL_MAX_MESSAGE];
} the;

static const struct plan_port *record_of(int port)
{
	return &plan_ports(current->plan)[port];
}

static int check_file(int fd, size_t size)
{
	const int seals = fcntl(fd, F_GET_SEALS);
	struct stat status;

	if (seals < 0 || fstat(fd, &status))
		return -errno;
	return (seals & SEALS) == SEALS && status.st_size >= 0 &&
			       (uint64_t)status.st_size >= size
		       ? 0
		       : -EINVAL;
}

/* Readers of samples have no writable mapping. */
static int map(struct channel *channel, const struct plan_port *port)
{
	const struct channel_shape shape = {
		.kind = port->kind,
		.size = port->size,
		.depth = port->depth,
		.refresh_ns = port->refresh_ns,
	};
	const bool reads =
		port->kind == CHANNEL_SAMPLING && port->direction == CHANNEL_DESTINATION;
	const size_t size = channel_memory_size(&shape);
	const int fd = (int)port->memory;
	int error = check_file(fd, size);
	void *at;

	if (error)
		return error;
	at = mmap(NULL, size, reads ? PROT_READ : PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		  0);
	if (at == MAP_FAILED)
		return -errno;
	close(fd);
	channel_attach(channel, &shape, at, (enum channel_direction)port->direction);
	return 0;
}

/* Programs that providers start must not get them. */
static int hide_wakes(const struct plan *plan)
{
	const uint32_t *peers = plan_peers(plan);

	for (uint64_t i = 0; i < plan->peers.count; i++)
		if (fcntl((int)peers[i], F_SETFD, FD_CLOEXEC))
			return -errno;
	for (uint64_t i = 0; i < plan->ports.count; i++)
		if (plan_ports(plan)[i].wake != PLAN_NO_WAKE &&
		    fcntl((int)plan_ports(plan)[i].wake, F_SETFD, FD_CLOEXEC))
			return -errno;
	return 0;
}

int ports_map(const struct plan *plan, struct message *message)
{
	const struct plan_port *ports = plan_ports(plan);
	int error;

	if (!plan->ports.count)
		return 0;
	the.channels = table_new((size_t)plan->ports.count, sizeof(*the.channels));
	if (!the.channels)
		return fail(message, ENOMEM, "out of memory");
	error = hide_wakes(plan);
	for (uint64_t i = 0; !error && i < plan->ports.count; i++)
		error = map(&the.channels[i], &ports[i]);
	return error ? fail(message, -error, "its ports: %s", strerror(-error)) : 0;
}

/* Reports are the launcher's. It prints the first wrong use, and the number of all. */
static int report(const char *name, int direction, int error)
{
	struct outcome_ports *misuse =
		current->outcome ? outcome_ports(current->outcome) : NULL;

	if (misuse && !misuse->count++) {
		misuse->error = (uint32_t)-error;
		misuse->time_ns = clock_now();
		misuse->direction = (uint32_t)direction;
		strncpy(misuse->name, name, sizeof(misuse->name) - 1);
	}
	return error;
}

int ports_open(const char *name, int direction)
{
	const struct plan *plan = current->plan;
	char copy[JUMPSLOT_PORT_NAME + 1] = "";
	long length;

	if (direction != JUMPSLOT_PORT_SOURCE && direction != JUMPSLOT_PORT_DESTINATION)
		return -EINVAL;
	length = jumpslot_guest_copy_string(copy, name, sizeof(copy));
	if (length == -EFAULT)
		return -EFAULT;
	for (int i = 0; length > 0 && (uint64_t)i < plan->ports.count; i++)
		if (!strcmp(plan_string(plan, record_of(i)->name), copy))
			return record_of(i)->direction == (uint32_t)direction
				       ? i
				       : report(copy, direction, -EPERM);
	return report(copy, direction, -ENOENT);
}

/* Whether the guest may use the port so. */
static int check(int port, enum channel_direction direction, enum channel_kind kind)
{
	if (port < 0 || (uint64_t)port >= current->plan->ports.count)
		return -EBADF;
	if (record_of(port)->direction != direction)
		return report(plan_string(current->plan, record_of(port)->name),
			      (int)direction, -EPERM);
	return record_of(port)->kind == kind ? 0 : -EINVAL;
}

/* Delivers what came meanwhile. */
static void reopen(uint32_t level)
{
	if (!vcpu.state)
		return;
	vcpu_set_level(level);
	jumpslot_interrupts_deliver();
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SERVICES_SECOND + (uint64_t)now.tv_nsec;
}

/* An eventfd whose count is at its end is readable, so its reader wakes all the same. */
static void wake(int fd)
{
	const uint64_t one = 1;

	while (write(fd, &one, sizeof(one)) < 0 && errno == EINTR)
		continue;
}

static void wake_peers(int port)
{
	const struct plan_port *record = record_of(port);
	const uint32_t *peers = plan_peers(current->plan) + record->first_peer;

	for (uint32_t i = 0; i < record->peer_count; i++)
		wake((int)peers[i]);
}

static int put_closed(int port, const void *bytes, size_t size)
{
	struct channel *channel = &the.channels[port];
	struct channel_copy copy;
	int error = channel_put_begin(channel, size, &copy);

	if (!error)
		error = jumpslot_guest_copy_in(copy.bytes, bytes, size);
	if (error)
		return error;
	channel_put_end(channel, &copy, now_ns());
	wake_peers(port);
	return 0;
}

static int put(int port, const void *bytes, size_t size, enum channel_kind kind)
{
	const int host_errno = errno;
	const uint32_t level = vcpu_close();
	int error = check(port, CHANNEL_SOURCE, kind);

	if (!error)
		error = put_closed(port, bytes, size);
	errno = host_errno;
	reopen(level);
	return error;
}

int ports_write(int port, const void *bytes, size_t size)
{
	return put(port, bytes, size, CHANNEL_SAMPLING);
}

int ports_send(int port, const void *bytes, size_t size)
{
	return put(port, bytes, size, CHANNEL_QUEUING);
}

/* Copies a sample that was whole all the time. A writer that never lets that happen has
 * written none. */
static int get_sample(struct channel *channel, size_t room, struct channel_copy *copy)
{
	for (unsigned i = 0; i < SAMPLE_TRIES; i++) {
		int error = channel_get_begin(channel, room, copy);

		if (error)
			return error;
		memcpy(the.buffer, copy->bytes, copy->size);
		if (channel_get_end(channel, copy))
			return 0;
	}
	return -EAGAIN;
}

static int read_closed(int port, void *buffer, size_t room, struct jumpslot_port_age *age)
{
	struct channel *channel = &the.channels[port];
	struct jumpslot_port_age its = { 0 };
	struct channel_copy copy;
	int error = get_sample(channel, room, &copy);

	if (error)
		return error;
	its.age_ns = channel_age(copy.written_ns, now_ns());
	its.is_valid = its.age_ns <= channel->shape.refresh_ns;
	if ((age && jumpslot_guest_range(age, sizeof(its), JUMPSLOT_WRITE)) ||
	    jumpslot_guest_copy_out(buffer, the.buffer, copy.size) ||
	    (age && jumpslot_guest_copy_out(age, &its, sizeof(its))))
		return -EFAULT;
	return (int)copy.size;
}

int ports_read(int port, void *buffer, size_t size, struct jumpslot_port_age *age)
{
	const uint32_t level = vcpu_close();
	int result = check(port, CHANNEL_DESTINATION, CHANNEL_SAMPLING);

	if (!result)
		result = read_closed(port, buffer, size, age);
	reopen(level);
	return result;
}

static int receive_closed(int port, void *buffer, size_t room)
{
	struct channel *channel = &the.channels[port];
	struct channel_copy copy;
	int error = channel_get_begin(channel, room, &copy);

	if (!error)
		error = jumpslot_guest_copy_out(buffer, copy.bytes, copy.size);
	if (error)
		return error;
	channel_get_end(channel, &copy);
	wake_peers(port);
	return (int)copy.size;
}

int ports_receive(int port, void *buffer, size_t size)
{
	const int host_errno = errno;
	const uint32_t level = vcpu_close();
	int result = check(port, CHANNEL_DESTINATION, CHANNEL_QUEUING);

	if (!result)
		result = receive_closed(port, buffer, size);
	errno = host_errno;
	reopen(level);
	return result;
}

int ports_status(int port, struct jumpslot_port_state *status)
{
	struct jumpslot_port_state its;
	const struct channel *channel;
	uint64_t written_ns;

	if (port < 0 || (uint64_t)port >= current->plan->ports.count)
		return -EBADF;
	channel = &the.channels[port];
	its = (struct jumpslot_port_state){
		.kind = channel->shape.kind,
		.direction = channel->direction,
		.size = channel->shape.size,
		.depth = channel->shape.depth,
		.count = channel_count(channel),
		.refresh_ns = channel->shape.refresh_ns,
	};
	if (its.kind == CHANNEL_SAMPLING && channel_written(channel, &written_ns))
		its.is_valid = channel_age(written_ns, now_ns()) <= its.refresh_ns;
	return jumpslot_guest_copy_out(status, &its, sizeof(its));
}

uint64_t ports_deadline(int64_t timeout_ns)
{
	return timeout_ns < 0 ? PORTS_NEVER : now_ns() + (uint64_t)timeout_ns;
}

bool ports_is_late(uint64_t deadline_ns)
{
	return deadline_ns != PORTS_NEVER && now_ns() >= deadline_ns;
}

static bool is_ready(const struct channel *channel)
{
	const uint32_t count = channel_count(channel);

	return channel->direction == CHANNEL_SOURCE ? count < channel->shape.depth
						    : count > 0;
}

/*
 * Forgets earlier wakes, and looks once more. A handler may wait at the same port in the
 * middle of another wait, and take one of several messages: the wake of the others stays.
 */
static bool forget_wakes(int port, int fd)
{
	const uint32_t level = vcpu_close();
	uint64_t count;
	bool ready;

	while (read(fd, &count, sizeof(count)) < 0 && errno == EINTR)
		continue;
	ready = is_ready(&the.channels[port]);
	if (ready)
		wake(fd);
	reopen(level);
	return ready;
}

static void sleep_at(int fd, uint64_t deadline_ns, const sigset_t *mask)
{
	struct pollfd event = { .fd = fd, .events = POLLIN };
	const uint64_t now = now_ns();
	const struct timespec rest =
		services_timespec(deadline_ns > now ? deadline_ns - now : 0);

	ppoll(&event, 1, deadline_ns == PORTS_NEVER ? NULL : &rest, mask);
}

void ports_wait(int port, uint64_t deadline_ns, const sigset_t *mask)
{
	const int host_errno = errno;
	const int fd = (int)record_of(port)->wake;

	if (!forget_wakes(port, fd))
		sleep_at(fd, deadline_ns, mask);
	errno = host_errno;
}
