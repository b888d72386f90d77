/* Complete events for what has ended, and beginnings for the rest. See trace_json.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/printable.h"
#include "trace_json.h"

/* The tracks of a guest, which is a process: interrupts, and one for each stack, which is
 * a thread. */
#define INTERRUPTS_TRACK 0

/* Stack pointers this close belong to one stack, if nothing better is known. */
#define STACK_GAP 4096

/* Microseconds since the first event, with three decimals. */
static void print_us(const char *name, uint64_t ns, FILE *out)
{
	fprintf(out, ",\"%s\":%" PRIu64 ".%03" PRIu64, name, ns / 1000, ns % 1000);
}

static uint64_t since_start(const struct trace_json *json, uint64_t time)
{
	return time > json->start ? time - json->start : 0;
}

/* An event is a line: lines of several guests can be mixed. */
static void begin_line(const char *phase, unsigned process, unsigned track,
		       const char *name, FILE *out)
{
	fprintf(out, "{\"ph\":\"%s\",\"pid\":%u,\"tid\":%u,\"name\":", phase, process,
		track);
	print_json_string(name, out);
}

/* Not the first one, which is in the head. */
static void begin_event(struct trace_json *json, const char *phase, unsigned track,
			const char *name, FILE *out)
{
	fputc(',', out);
	begin_line(phase, 1 + json->guest, track, name, out);
}

/* The argument of a metadata event. */
static void print_name(const char *name, FILE *out)
{
	fputs(",\"args\":{\"name\":", out);
	print_json_string(name, out);
	fputs("}}\n", out);
}

static void name_track(struct trace_json *json, unsigned track, const char *name,
		       FILE *out)
{
	begin_event(json, "M", track, "thread_name", out);
	print_name(name, out);
	begin_event(json, "M", track, "thread_sort_index", out);
	fprintf(out, ",\"args\":{\"sort_index\":%u}}\n", track);
}

void trace_json_head(const char *const *guests, size_t count, FILE *out)
{
	fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n", out);
	for (unsigned i = 0; i < count; i++) {
		fputs(i ? "," : "", out);
		begin_line("M", 1 + i, 0, "process_name", out);
		print_name(guests[i], out);
	}
}

const char trace_json_tail[] = "]}\n";

void trace_json_begin(struct trace_json *json, FILE *out)
{
	json->has_begun = true;
	name_track(json, INTERRUPTS_TRACK, "interrupts", out);
}

/* A new track; the last one takes everything once there are too many. */
static unsigned add_track(struct trace_json *json, const char *name, uint64_t low,
			  uint64_t high, FILE *out)
{
	struct trace_track *track;

	if (json->track_count == TRACE_JSON_TRACKS)
		return TRACE_JSON_TRACKS;
	track = &json->tracks[json->track_count++];
	snprintf(track->name, sizeof(track->name), "%s", name);
	track->low = low;
	track->high = high;
	name_track(json, (unsigned)json->track_count, name, out);
	return (unsigned)json->track_count;
}

/* The track of a stack: what the guest's symbols call it, or a number. */
static unsigned new_stack(struct trace_json *json, const struct trace_words *words,
			  uint64_t stack, FILE *out)
{
	const struct symbol *symbol =
		symbol_index_find(&words->symbols, stack - words->base);
	char name[TRACE_JSON_NAME];

	if (stack >= json->stack_low && stack < json->stack_high)
		return add_track(json, "guest", json->stack_low, json->stack_high, out);
	if (symbol) {
		snprintf(name, sizeof(name), "%.60s", symbol->name);
		return add_track(json, name, symbol->address + words->base,
				 symbol->address + words->base + symbol->size, out);
	}
	snprintf(name, sizeof(name), "stack %zu", json->track_count);
	return add_track(json, name, stack > STACK_GAP ? stack - STACK_GAP : 1,
			 stack + STACK_GAP, out);
}

static unsigned track_of(struct trace_json *json, const struct trace_words *words,
			 uint64_t stack, FILE *out)
{
	for (size_t i = 0; i < json->track_count; i++) {
		struct trace_track *track = &json->tracks[i];

		if (stack >= track->low && stack < track->high)
			return (unsigned)i + 1;
	}
	return new_stack(json, words, stack, out);
}

static void forget(struct trace_open *open)
{
	free(open->name);
	free(open->caller);
	*open = (struct trace_open){ 0 };
}

static bool is_call(enum trace_kind kind)
{
	return kind == TRACE_CALL;
}

/* The place of what began on that stack, or a free one. */
static struct trace_open *find(struct trace_json *json, enum trace_kind kind,
			       uint64_t stack)
{
	struct trace_open *unused = NULL;

	for (size_t i = 0; i < TRACE_JSON_CALLS; i++) {
		struct trace_open *open = &json->open[i];

		if (open->kind == kind && open->stack == stack)
			return open;
		if (!open->kind && !unused)
			unused = open;
	}
	return unused;
}

static void print_open(struct trace_json *json, const struct trace_open *open,
		       const char *phase, uint64_t end, FILE *out)
{
	static const char *const categories[] = {
		[TRACE_CALL] = "call",
		[TRACE_INTERRUPT] = "interrupt",
		[TRACE_WAIT] = "wait",
	};

	const char *const unnamed = open->kind == TRACE_WAIT ? "waits" : "?";

	begin_event(json, phase, open->track, open->name ? open->name : unnamed, out);
	fprintf(out, ",\"cat\":\"%s\"", categories[open->kind]);
	print_us("ts", since_start(json, open->start), out);
	if (end)
		print_us("dur", end > open->start ? end - open->start : 0, out);
	fputs(",\"args\":{", out);
	if (open->caller) {
		fputs(is_call(open->kind) ? "\"caller\":" : "\"at\":", out);
		print_json_string(open->caller, out);
	}
}

/* The guest left the call, as by longjmp(): it ends now, without a result. */
static void end_left(struct trace_json *json, struct trace_open *open, uint64_t time,
		     FILE *out)
{
	print_open(json, open, "X", time, out);
	fputs("}}\n", out);
	forget(open);
}

/* Ends every call that began later and deeper on the same stack: a viewer drops a slice
 * that overlaps with the one around it. */
static void end_deeper(struct trace_json *json, const struct trace_open *around,
		       uint64_t time, FILE *out)
{
	for (size_t i = 0; i < TRACE_JSON_CALLS; i++) {
		struct trace_open *open = &json->open[i];

		if (open->kind && open->track == around->track &&
		    open->stack < around->stack && open->start >= around->start)
			end_left(json, open, time, out);
	}
}

static void begin(struct trace_json *json, struct trace_words *words,
		  const struct trace_event *event, FILE *out)
{
	struct trace_open *open = find(json, event->kind, event->stack);

	if (!open)
		return;
	if (open->kind) {
		end_deeper(json, open, event->time, out);
		end_left(json, open, event->time, out);
	}
	*open = (struct trace_open){
		.kind = event->kind,
		.number = event->number,
		.stack = event->stack,
		.start = event->time,
		.track = track_of(json, words, event->stack, out),
	};
	if (event->kind == TRACE_CALL)
		TRACE_WORDS_TEXT(open->name, {
			trace_words_call(words, event, out_);
			fputc(')', out_);
		});
	else if (event->kind == TRACE_INTERRUPT)
		TRACE_WORDS_TEXT(open->name, trace_words_vector(event->number, out_));
	if (event->kind != TRACE_WAIT)
		TRACE_WORDS_TEXT(open->caller,
				 trace_words_place(words, event->place, out_));
}

static void end(struct trace_json *json, struct trace_words *words,
		const struct trace_event *event, enum trace_kind kind, FILE *out)
{
	struct trace_open *open = find(json, kind, event->stack);
	char *result = NULL;

	if (!open || !open->kind)
		return;
	end_deeper(json, open, event->time, out);
	print_open(json, open, "X", event->time, out);
	if (is_call(kind))
		TRACE_WORDS_TEXT(result, trace_words_result(words, event, out_));
	if (result && *result) {
		fputs(open->caller ? ",\"result\":" : "\"result\":", out);
		print_json_string(result + strspn(result, " ="), out);
	}
	free(result);
	fputs("}}\n", out);
	forget(open);
}

/* A mark on the track of interrupts; the handler is on the thread's. */
static void mark_interrupt(struct trace_json *json, const struct trace_event *event,
			   FILE *out)
{
	char *name = NULL;

	TRACE_WORDS_TEXT(name, trace_words_vector(event->number, out_));
	begin_event(json, "i", INTERRUPTS_TRACK, name ? name : "?", out);
	fputs(",\"cat\":\"interrupt\",\"s\":\"t\"", out);
	print_us("ts", since_start(json, event->time), out);
	fputs("}\n", out);
	free(name);
}

void trace_json_print(struct trace_json *json, struct trace_words *words,
		      const struct trace_event *event, FILE *out)
{
	json->last = event->time;
	switch (event->kind) {
	case TRACE_INTERRUPT:
		mark_interrupt(json, event, out);
		begin(json, words, event, out);
		break;
	case TRACE_CALL:
	case TRACE_WAIT:
		begin(json, words, event, out);
		break;
	case TRACE_RETURN:
	case TRACE_SKIPPED:
		end(json, words, event, TRACE_CALL, out);
		break;
	case TRACE_INTERRUPT_END:
		end(json, words, event, TRACE_INTERRUPT, out);
		break;
	case TRACE_WAIT_END:
		end(json, words, event, TRACE_WAIT, out);
		break;
	}
}

void trace_json_end(struct trace_json *json, const char *fault, FILE *out)
{
	for (size_t i = 0; i < TRACE_JSON_CALLS; i++) {
		if (!json->open[i].kind)
			continue;
		print_open(json, &json->open[i], "B", 0, out);
		fputs("}}\n", out);
		forget(&json->open[i]);
	}
	if (fault) {
		begin_event(json, "i", 1, fault, out);
		fputs(",\"cat\":\"fault\",\"s\":\"p\"", out);
		print_us("ts", since_start(json, json->last), out);
		fputs("}\n", out);
	}
}
