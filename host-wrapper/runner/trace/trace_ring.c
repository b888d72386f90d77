/* One writer's ring. See trace_ring.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include "trace_clock.h"
#include "trace_ring.h"

static struct trace_shared *shared;
static uint64_t *ring;

static void forget(void)
{
	shared = NULL;
}

int trace_ring_map(const struct runner *runner, int fd, struct message *message)
{
	const uint64_t imports = runner->plan->imports.count;
	void *at;

	if (fd < 0)
		return 0;
	at = mmap(NULL, (size_t)trace_file_size(imports), PROT_READ | PROT_WRITE,
		  MAP_SHARED, fd, 0);
	if (at == MAP_FAILED || pthread_atfork(NULL, NULL, forget))
		return fail(message, errno,
			    "cannot share a trace with the supervisor: %s",
			    strerror(errno));
	shared = at;
	ring = trace_ring(shared, imports);
	shared->base = runner->base;
	shared->stack_low = runner->stack.start;
	shared->stack_high = runner->stack.end;
	return 0;
}

struct trace_shared *trace_ring_shared(void)
{
	return shared;
}

struct trace_entry *trace_entry_begin(enum trace_kind kind, uint32_t number,
				      uint64_t place, uint64_t stack)
{
	static struct trace_entry entry;
	struct trace_record *record = (struct trace_record *)entry.words;

	*record = (struct trace_record){
		.kind = (uint16_t)kind,
		.number = number,
		.time = trace_clock_now(),
		.place = place,
		.stack = stack,
	};
	entry.count = TRACE_RECORD_WORDS;
	return &entry;
}

void trace_entry_add(struct trace_entry *entry, uint64_t word)
{
	if (entry->count < TRACE_MAX_WORDS)
		entry->words[entry->count++] = word;
}

/* Spins: the supervisor needs a few milliseconds at most, and a system call to wait would
 * have to be allowed to every traced guest. */
static void wait_for_room(uint32_t head, uint32_t words)
{
	while (head + words - __atomic_load_n(&shared->tail, __ATOMIC_ACQUIRE) >
	       TRACE_RING_WORDS)
		__builtin_ia32_pause();
}

void trace_ring_write(struct trace_entry *entry)
{
	uint32_t head;

	if (!shared)
		return;
	((struct trace_record *)entry->words)->words = (uint16_t)entry->count;
	head = __atomic_load_n(&shared->head, __ATOMIC_RELAXED);
	wait_for_room(head, entry->count);
	for (uint32_t i = 0; i < entry->count; i++)
		ring[(head + i) % TRACE_RING_WORDS] = entry->words[i];
	__atomic_store_n(&shared->head, head + entry->count, __ATOMIC_RELEASE);
}
