/* From the ring to lines and events. See trace.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/monotonic.h"
#include "launcher/output_file.h"
#include "trace.h"
#include "trace_json.h"
#include "trace_lines.h"
#include "trace_output.h"
#include "trace_reader.h"

/* Events that are written at once, at most. */
#define BATCH 4096

/* The longest time for source lines after a time-out or a signal. */
#define LAST_LINES_NS UINT64_C(5000000000)

/* Runners whose records may wait: more only if the output is blocked. */
#define RUNNERS 16

/* A runner that has ended. */
struct past_runner {
	uint32_t end; /* of its records */
	uint64_t base, stack_low, stack_high;
};

struct trace {
	const struct trace_setup *setup;
	struct past_runner past[RUNNERS]; /* that have records in the ring */
	size_t past_count;
	struct trace_reader reader;
	struct trace_words words;
	struct trace_lines lines;
	struct trace_json json;
	struct trace_output text, file;
	bool started;
	bool told; /* that the trace is damaged */
};

static int open_file(struct trace *trace, struct message *message)
{
	const char *path = trace->setup->file;

	trace->file.fd = trace->setup->events ? trace->setup->events : -1;
	if (!path)
		return 0;
	trace->file.fd = output_file_open(path, trace->setup->guest, message);
	return trace->file.fd < 0 ? trace->file.fd : 0;
}

int trace_open(struct trace **made, const struct trace_setup *setup,
	       struct message *message)
{
	struct trace *trace = calloc(1, sizeof(*trace));
	int error;

	if (!trace)
		return fail(message, ENOMEM, "out of memory");
	trace->setup = setup;
	trace->words.guest = setup->guest;
	trace->words.watch = setup->watch;
	trace->words.lines.fd = -1;
	trace->json.guest = setup->number;
	trace->text.fd = setup->terminal;
	trace->reader.fd = -1;
	error = open_file(trace, message);
	if (!error)
		error = trace_reader_open(&trace->reader, setup->watch, message);
	if (!error && setup->watch->records)
		error = symbol_index_make(&trace->words.symbols, &setup->guest->file);
	if (error) {
		trace_close(trace);
		return error;
	}
	/* Before there is a PID namespace, whose processes the guest could end. */
	if (setup->watch->records)
		guest_lines_start(&trace->words.lines, setup->lines,
				  setup->guest->file.fd);
	*made = trace;
	return 0;
}

int trace_descriptor(const struct trace *trace)
{
	return trace ? trace->reader.fd : -1;
}

const pid_t *trace_finder(const struct trace *trace)
{
	return trace ? &trace->words.lines.process : NULL;
}

bool trace_has_records(const struct trace *trace)
{
	return trace && trace->setup->watch->records;
}

struct trace_shared *trace_shared(const struct trace *trace)
{
	return trace->reader.shared;
}

static struct past_runner present_runner(const struct trace *trace)
{
	const volatile struct trace_shared *shared = trace->reader.shared;

	return (struct past_runner){ shared->head, shared->base, shared->stack_low,
				     shared->stack_high };
}

void trace_runner_ended(struct trace *trace)
{
	if (trace_has_records(trace) && trace->past_count < RUNNERS)
		trace->past[trace->past_count++] = present_runner(trace);
}

/* Before an event at `tail` of the ring: takes the addresses of the runner that wrote it,
 * which differ if the kernel chose them. */
static void use_runner(struct trace *trace, uint32_t tail)
{
	struct past_runner its;

	while (trace->past_count && (int32_t)(tail - trace->past[0].end) >= 0)
		memmove(trace->past, trace->past + 1,
			--trace->past_count * sizeof(*trace->past));
	its = trace->past_count ? trace->past[0] : present_runner(trace);
	trace->words.base = its.base;
	trace->json.stack_low = its.stack_low;
	trace->json.stack_high = its.stack_high;
}

/* With the first event: only then does the runner have what this reads. */
static void start(struct trace *trace, uint64_t time)
{
	const volatile struct trace_shared *shared = trace->reader.shared;

	if (trace->started)
		return;
	trace->started = true;
	trace->json.start = trace->setup->start ? trace->setup->start : shared->started;
	if (!trace->json.start || trace->json.start > time)
		trace->json.start = time;
	trace->lines.start = trace->json.start;
}

static bool is_printed(const struct trace *trace, const struct trace_event *event)
{
	if (trace->setup->text)
		return true;
	return event->kind <= TRACE_SKIPPED &&
	       (trace->setup->watch->imports[event->number].is_logged ||
		(trace->setup->calls &&
		 !trace->setup->watch->imports[event->number].is_traced));
}

static bool is_filed(const struct trace *trace, const struct trace_event *event)
{
	if (trace->file.fd < 0)
		return false;
	return event->kind > TRACE_SKIPPED ||
	       trace->setup->watch->imports[event->number].is_traced;
}

static void begin_file(struct trace *trace, FILE *out)
{
	if (trace->json.has_begun)
		return;
	if (trace->setup->file)
		trace_json_head(&trace->setup->guest->name, 1, out);
	trace_json_begin(&trace->json, out);
}

static void write_events(struct trace *trace, FILE *text, FILE *file)
{
	struct trace_event event;
	uint32_t tail = trace->reader.tail;

	for (int i = 0; i < BATCH && trace_reader_next(&trace->reader, &event); i++) {
		start(trace, event.time);
		use_runner(trace, tail);
		tail = trace->reader.tail;
		if (is_printed(trace, &event))
			trace_lines_print(&trace->lines, &trace->words, &event, text);
		if (!is_filed(trace, &event))
			continue;
		begin_file(trace, file);
		trace_json_print(&trace->json, &trace->words, &event, file);
	}
	if (!trace->reader.damaged || trace->told)
		return;
	trace->told = true;
	trace_lines_end(&trace->lines, text);
	fputs("host-wrapper: the guest has damaged the trace: the rest is lost\n", text);
}

/* Ends the text and the file. */
static void write_end(struct trace *trace, const char *fault, FILE *text, FILE *file)
{
	trace_lines_end(&trace->lines, text);
	if (trace->file.fd < 0)
		return;
	begin_file(trace, file);
	trace_json_end(&trace->json, fault, file);
	if (trace->setup->file)
		fputs(trace_json_tail, file);
}

static void lose(struct trace_output *output)
{
	if (!output->error)
		output->error = ENOMEM;
}

/* An error of a stream in memory is a lack of memory. */
static void close_stream(FILE *stream, struct trace_output *output)
{
	if (stream && fclose(stream))
		lose(output);
}

/* Whether something was read. `end`: writes the end, too. */
static bool make_batch(struct trace *trace, bool end, const char *fault)
{
	char *text = NULL, *events = NULL;
	size_t text_size = 0, events_size = 0;
	const uint32_t tail = trace->reader.tail;
	FILE *text_out = open_memstream(&text, &text_size);
	FILE *events_out = open_memstream(&events, &events_size);

	if (text_out && events_out) {
		if (end)
			write_end(trace, fault, text_out, events_out);
		else
			write_events(trace, text_out, events_out);
	} else {
		lose(&trace->text);
		lose(&trace->file);
	}
	close_stream(text_out, &trace->text);
	close_stream(events_out, &trace->file);
	trace_output_take(&trace->text, text, text_size);
	trace_output_take(&trace->file, events, events_size);
	return tail != trace->reader.tail;
}

static bool write_out(struct trace *trace)
{
	const bool text = trace_output_write(&trace->text, TRACE_OUTPUT_NOW);

	return trace_output_write(&trace->file, TRACE_OUTPUT_NOW) && text;
}

void trace_read(struct trace *trace, uint64_t deadline)
{
	if (!trace_has_records(trace))
		return;
	trace->words.lines.deadline = deadline;
	/* Not until nothing is left: a guest may write as fast as this reads. */
	for (int i = 0; i < 4 && write_out(trace); i++)
		if (!make_batch(trace, false, NULL))
			break;
}

/* The process that finds source lines could take long for each. */
static void limit_lines(struct trace *trace)
{
	const uint64_t limit = monotonic_ns() + LAST_LINES_NS;
	uint64_t *deadline = &trace->words.lines.deadline;

	if (!*deadline || *deadline > limit)
		*deadline = limit;
}

int trace_finish_file(struct trace *trace, const char *fault, bool ends_soon,
		      struct message *message)
{
	const int wait_ms = ends_soon && trace->setup->file ? TRACE_OUTPUT_PATIENT_MS
							    : TRACE_OUTPUT_FOREVER;

	if (ends_soon)
		limit_lines(trace);
	do
		trace_output_write(&trace->file, wait_ms);
	while (make_batch(trace, false, NULL));
	make_batch(trace, true, fault);
	trace_output_write(&trace->file, wait_ms);
	if (trace->file.fd >= 0 && trace->file.error)
		return fail(message, trace->file.error, TRACE_INCOMPLETE,
			    trace->setup->file ? trace->setup->file : "its trace",
			    strerror(trace->file.error));
	return 0;
}

int trace_finish_text(struct trace *trace, struct message *message)
{
	trace_output_write(&trace->text, TRACE_OUTPUT_FOREVER);
	if (trace->text.error == ENOMEM) /* with another error, nobody reads it */
		return fail(message, ENOMEM, TRACE_INCOMPLETE, "standard error",
			    strerror(ENOMEM));
	return 0;
}

void trace_close(struct trace *trace)
{
	if (!trace)
		return;
	guest_lines_end(&trace->words.lines);
	symbol_index_free(&trace->words.symbols);
	trace_reader_close(&trace->reader);
	if (trace->file.fd >= 0)
		close(trace->file.fd);
	free(trace->text.bytes);
	free(trace->file.bytes);
	free(trace);
}
