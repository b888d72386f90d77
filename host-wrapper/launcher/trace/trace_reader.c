/* Copies of records, and checks of the copies. See trace_reader.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/memory_file.h"
#include "trace_reader.h"

/* Texts of one call, at most: as the runner has it. */
#define MAX_TEXTS 6

int trace_reader_open(struct trace_reader *reader, const struct watched_calls *watch,
		      struct message *message)
{
	const uint64_t size = trace_file_size(watch->import_count);
	void *at = MAP_FAILED;
	int error;

	*reader = (struct trace_reader){ .watch = watch };
	reader->fd = memory_file_create("the trace", size, message);
	if (reader->fd < 0)
		return reader->fd;
	/* Unsealed, a guest could truncate the file while it is read. */
	if (!fcntl(reader->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		at = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED,
			  reader->fd, 0);
	if (at == MAP_FAILED) {
		error = errno;
		close(reader->fd);
		reader->fd = -1;
		return fail(message, error, "no memory for a trace: %s", strerror(error));
	}
	reader->shared = at;
	reader->ring = trace_ring(reader->shared, watch->import_count);
	return 0;
}

void trace_reader_close(struct trace_reader *reader)
{
	if (!reader->shared)
		return;
	munmap(reader->shared, (size_t)trace_file_size(reader->watch->import_count));
	close(reader->fd);
	*reader = (struct trace_reader){ .fd = -1 };
}

/* Words of a record that are not read yet. */
struct rest {
	const uint64_t *words;
	size_t count;
};

static bool take(struct rest *rest, uint64_t *word)
{
	if (!rest->count)
		return false;
	*word = *rest->words++;
	rest->count--;
	return true;
}

static bool take_text(struct rest *rest, struct trace_text *text)
{
	uint64_t length;
	size_t words;

	if (!take(rest, &length) || length & ~UINT64_C(0x3ff))
		return false;
	*text = (struct trace_text){ 0 };
	if (length & TRACE_NO_TEXT)
		return true;
	text->is_text = true;
	text->is_cut = length & TRACE_CUT_TEXT;
	text->length = length & 0xff;
	words = (text->length + 7) / 8;
	if (text->length > TRACE_MAX_TEXT || words > rest->count)
		return false;
	memcpy(text->bytes, rest->words, text->length);
	rest->words += words;
	rest->count -= words;
	return true;
}

static bool take_call(struct rest *rest, const struct arguments *arguments,
		      struct trace_event *event)
{
	size_t texts = 0;

	for (size_t i = 0; i < arguments->count; i++) {
		event->texts[i].is_text = false;
		if (!take(rest, &event->arguments[i][0]))
			return false;
		if (arguments->places[i].place & PLAN_PLACE_WIDE &&
		    !take(rest, &event->arguments[i][1]))
			return false;
	}
	for (size_t i = 0; i < arguments->count; i++)
		if (arguments->places[i].place & PLAN_PLACE_TEXT && texts++ < MAX_TEXTS &&
		    !take_text(rest, &event->texts[i]))
			return false;
	return true;
}

static bool decode(const struct trace_reader *reader, const uint64_t *words, size_t count,
		   struct trace_event *event)
{
	const struct trace_record *record = (const struct trace_record *)words;
	struct rest rest = { words + TRACE_RECORD_WORDS, count - TRACE_RECORD_WORDS };

	event->kind = record->kind;
	event->number = record->number;
	event->time = record->time;
	event->place = record->place;
	event->stack = record->stack;
	switch (record->kind) {
	case TRACE_CALL:
		return record->number < reader->watch->import_count &&
		       take_call(&rest, &reader->watch->imports[record->number].arguments,
				 event);
	case TRACE_RETURN:
	case TRACE_SKIPPED:
		return record->number < reader->watch->import_count &&
		       take(&rest, &event->duration) && take(&rest, &event->result[0]) &&
		       take(&rest, &event->result[1]);
	case TRACE_INTERRUPT:
	case TRACE_INTERRUPT_END:
		return record->number < JUMPSLOT_VECTORS;
	case TRACE_WAIT:
	case TRACE_WAIT_END:
		return true;
	default:
		return false;
	}
}

/* The runner waits for `tail`, so that goes on also if the trace is damaged. */
static bool drop(struct trace_reader *reader, uint32_t head)
{
	__atomic_store_n(&reader->shared->tail, head, __ATOMIC_RELEASE);
	reader->tail = head;
	return false;
}

bool trace_reader_next(struct trace_reader *reader, struct trace_event *event)
{
	const uint32_t head = __atomic_load_n(&reader->shared->head, __ATOMIC_ACQUIRE);
	const uint32_t there = head - reader->tail;
	uint64_t words[TRACE_MAX_WORDS] = { 0 };
	uint32_t count;

	if (reader->damaged)
		return drop(reader, head);
	if (!there)
		return false;
	words[0] = ((volatile uint64_t *)reader->ring)[reader->tail % TRACE_RING_WORDS];
	count = (uint32_t)(words[0] >> 16 & 0xffff);
	if (there > TRACE_RING_WORDS || count < TRACE_RECORD_WORDS ||
	    count > TRACE_MAX_WORDS || count > there) {
		reader->damaged = true;
		return drop(reader, head);
	}
	for (uint32_t i = 1; i < count; i++)
		words[i] = ((volatile uint64_t *)
				    reader->ring)[(reader->tail + i) % TRACE_RING_WORDS];
	reader->tail += count;
	__atomic_store_n(&reader->shared->tail, reader->tail, __ATOMIC_RELEASE);
	if (decode(reader, words, count, event))
		return true;
	reader->damaged = true;
	return drop(reader, head);
}
