/*
 * The supervisor's reader and printers of a trace. An input is the words that a hostile
 * guest may write to the memory that it shares with its supervisor, the records of the
 * ring included, and the answers of the program that finds source lines. Text and JSON
 * have no control characters, and JSON's brackets and strings end. Includes the sources,
 * to call them without a guest; reads the guest hello below $BUILD, for its symbols.
 */
#define _GNU_SOURCE
#include <elf.h>

#include "fuzz.h"
#define guest_lines_find find_line
#include "launcher/trace/guest_lines.c"
#undef guest_lines_find
#include "launcher/trace/trace_reader.h"
#define trace_reader_next next_checked
static bool next_checked(struct trace_reader *reader, struct trace_event *event);
#include "launcher/trace/trace.c"
#undef trace_reader_next
#include "tests/unit/unit.h"

#define MAX_ANSWERS 512

/* Reads the next event, and checks that the printers can rely on it. */
static bool next_checked(struct trace_reader *reader, struct trace_event *event)
{
	const struct arguments *arguments;

	if (!trace_reader_next(reader, event))
		return false;
	if (event->kind > TRACE_SKIPPED)
		return true;
	if (event->number >= reader->watch->import_count)
		abort();
	arguments = &reader->watch->imports[event->number].arguments;
	for (size_t i = 0; event->kind == TRACE_CALL && i < arguments->count; i++)
		if (event->texts[i].is_text && event->texts[i].length > TRACE_MAX_TEXT)
			abort();
	return true;
}

struct head {
	uint64_t base[2]; /* of the first runner and of the one after a reset */
	uint64_t stack_low, stack_high;
	uint64_t started;
	uint32_t tail;
	int16_t more;	  /* words that head claims beyond those that are there */
	uint16_t answers; /* bytes at the end of the input */
	uint32_t done;
	uint8_t is_reset;
	uint8_t is_text;
	uint8_t reserved[2];
};

static const char *const types[] = { "ipm",	    "vcbhtulqQ", "dfdDp", "ipppppppp",
				     "S24.8S24.8i", "D",	 "fi",	  "?" };

static struct linked_guest guest;
static struct watched_calls watch;
static struct trace_setup setup = {
	.guest = &guest, .watch = &watch, .file = "trace", .calls = true
};
static struct trace trace;

static void make_guest(void)
{
	static struct import imports[COUNT(types)];
	static struct watch_import watched[COUNT(types)];
	struct message message;

	if (linked_guest_scan(&guest, unit_path("guests/hello-x86_64.elf"), &message))
		abort();
	for (size_t i = 0; i < COUNT(types); i++) {
		imports[i] = (struct import){ .name = (char *)types[i] };
		watched[i].is_traced = i != 2;
		watched[i].is_logged = i & 1;
		arguments_find(&watched[i].arguments, types[i], 0, EM_X86_64);
	}
	imports_free(&guest.table);
	guest.table.imports = imports;
	guest.table.count = COUNT(types);
	watch.imports = watched;
	watch.import_count = COUNT(types);
	watch.records = true;
	if (trace_reader_open(&trace.reader, &watch, &message) ||
	    symbol_index_make(&trace.words.symbols, &guest.file))
		abort();
}

/* The places of the finder's table that an input uses. */
#define MAX_USED 256
static struct guest_line *used[MAX_USED];
static size_t used_count;

const struct guest_line *guest_lines_find(struct guest_lines *lines, uint64_t address)
{
	if (!lines->known || used_count == MAX_USED)
		return NULL;
	used[used_count++] = place_of(lines, address);
	return find_line(lines, address);
}

/* Instead of a new table for each input: it is large. */
static void empty_table(void)
{
	stop(&trace.words.lines);
	while (used_count) {
		struct guest_line *entry = used[--used_count];

		free(entry->file);
		*entry = (struct guest_line){ 0 };
	}
}

/* The other end of the finder's socket, which has given all its answers. */
static int answer(const uint8_t *bytes, size_t size)
{
	struct guest_lines *lines = &trace.words.lines;
	static struct guest_line *known;
	int pair[2];

	if (!known)
		known = calloc(ENTRIES, sizeof(*known));
	*lines = (struct guest_lines){ .fd = -1 };
	if (!size)
		return -1;
	lines->known = known;
	if (!known || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) ||
	    send(pair[1], bytes, size, 0) != (ssize_t)size || shutdown(pair[1], SHUT_WR))
		abort();
	/* Not a process that could get a signal. */
	lines->process = -1;
	lines->fd = pair[0];
	return pair[1];
}

static void check_text(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (((unsigned char)text[i] < ' ' && text[i] != '\n') || text[i] == 0x7f)
			abort();
}

static void check_json(const char *text, size_t length)
{
	bool is_string = false;
	long depth = 0;

	for (size_t i = 0; i < length; i++) {
		if (text[i] == '"')
			is_string = !is_string;
		else if (is_string && text[i] == '\\')
			i++;
		else if (is_string && text[i] == '\n')
			abort();
		else if (!is_string && strchr("[{", text[i]))
			depth++;
		else if (!is_string && strchr("]}", text[i]))
			depth--;
	}
	if (is_string || depth)
		abort();
}

static void share(const struct head *head, const uint8_t *words, size_t count)
{
	struct trace_shared *shared = trace.reader.shared;

	memset(shared, 0, sizeof(*shared));
	shared->base = head->base[0];
	shared->stack_low = head->stack_low;
	shared->stack_high = head->stack_high;
	shared->started = head->started;
	shared->done = head->done;
	shared->tail = trace.reader.tail = head->tail;
	for (size_t i = 0; i < count; i++)
		memcpy(&trace.reader.ring[(head->tail + i) % TRACE_RING_WORDS],
		       words + 8 * i, 8);
}

/* Half of the words before a reset of the guest, and half after. */
static void read_all(const struct head *head, size_t count, FILE *text, FILE *file)
{
	struct trace_shared *shared = trace.reader.shared;

	if (head->is_reset & 1) {
		shared->head = head->tail + (uint32_t)count / 2;
		write_events(&trace, text, file);
		trace_runner_ended(&trace);
		shared->base = head->base[1];
	}
	shared->head = head->tail + (uint32_t)count + (uint32_t)head->more;
	write_events(&trace, text, file);
	if (trace.reader.damaged &&
	    trace_reader_next(&trace.reader, &(struct trace_event){ 0 }))
		abort();
	/* The runner waits for it. */
	if (trace.reader.damaged && shared->tail != shared->head)
		abort();
	write_end(&trace, "fault", text, file);
}

static void reset(void)
{
	trace.setup = &setup;
	trace.words.guest = &guest;
	trace.words.watch = &watch;
	trace.reader.damaged = false;
	trace.past_count = 0;
	trace.started = trace.told = false;
	trace.lines = (struct trace_lines){ 0 };
	memset(&trace.json, 0, sizeof(trace.json));
	/* Nothing is written to it here. */
	trace.file.fd = 0;
}

static void print(const struct head *head, size_t count)
{
	char *text[2] = { NULL };
	size_t size[2] = { 0 };
	FILE *out[2] = { open_memstream(&text[0], &size[0]),
			 open_memstream(&text[1], &size[1]) };

	if (!out[0] || !out[1])
		abort();
	read_all(head, count, out[0], out[1]);
	for (int i = 0; i < 2; i++) {
		fclose(out[i]);
		check_text(text[i], size[i]);
	}
	check_json(text[1], size[1]);
	free(text[0]);
	free(text[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct head head;
	size_t answers;
	int other;

	if (size < sizeof(head))
		return 0;
	if (!watch.imports)
		make_guest();
	memcpy(&head, data, sizeof(head));
	data += sizeof(head);
	size -= sizeof(head);
	answers = head.answers % MAX_ANSWERS < size ? head.answers % MAX_ANSWERS : size;
	size -= answers;
	reset();
	setup.text = head.is_text & 1;
	share(&head, data, size / 8);
	other = answer(data + size, answers);
	print(&head, size / 8);
	empty_table();
	if (other >= 0)
		close(other);
	return 0;
}
