/* One line for a call, or two if something comes between its beginning and its end. See
 * trace_lines.h. */
#include <inttypes.h>

#include "trace_lines.h"

#define SECOND_NS 1000000000u

void trace_lines_end(struct trace_lines *lines, FILE *out)
{
	if (lines->open)
		fputs(" <unfinished ...>\n", out);
	lines->open = false;
}

static void begin(struct trace_lines *lines, uint64_t time, FILE *out)
{
	const uint64_t ns = time > lines->start ? time - lines->start : 0;

	trace_lines_end(lines, out);
	fprintf(out, "%4" PRIu64 ".%06" PRIu64 " ", ns / SECOND_NS,
		ns % SECOND_NS / 1000);
}

static void print_end(struct trace_lines *lines, const struct trace_words *words,
		      const struct trace_event *event, FILE *out)
{
	if (lines->open && lines->stack == event->stack) {
		fputc(')', out);
		lines->open = false;
	} else {
		begin(lines, event->time, out);
		fprintf(out, "<... %s resumed>",
			words->guest->table.imports[event->number].name);
	}
	trace_words_result(words, event, out);
	fprintf(out, " <%" PRIu64 ".%09" PRIu64 ">\n", event->duration / SECOND_NS,
		event->duration % SECOND_NS);
}

static void print_call(struct trace_lines *lines, struct trace_words *words,
		       const struct trace_event *event, FILE *out)
{
	begin(lines, event->time, out);
	trace_words_place(words, event->place, out);
	fputs(": ", out);
	trace_words_call(words, event, out);
	lines->open = true;
	lines->stack = event->stack;
}

static void print_interrupt(struct trace_lines *lines, struct trace_words *words,
			    const struct trace_event *event, FILE *out)
{
	begin(lines, event->time, out);
	fputs("--- ", out);
	trace_words_vector(event->number, out);
	if (event->kind == TRACE_INTERRUPT_END) {
		fputs(" returned", out);
	} else {
		fputs(" at ", out);
		trace_words_place(words, event->place, out);
	}
	fputs(" ---\n", out);
}

void trace_lines_print(struct trace_lines *lines, struct trace_words *words,
		       const struct trace_event *event, FILE *out)
{
	switch (event->kind) {
	case TRACE_CALL:
		print_call(lines, words, event, out);
		break;
	case TRACE_RETURN:
	case TRACE_SKIPPED:
		print_end(lines, words, event, out);
		break;
	case TRACE_INTERRUPT:
	case TRACE_INTERRUPT_END:
		print_interrupt(lines, words, event, out);
		break;
	case TRACE_WAIT:
	case TRACE_WAIT_END:
		begin(lines, event->time, out);
		fputs(event->kind == TRACE_WAIT ? "--- waits ---\n"
						: "--- has waited ---\n",
		      out);
		break;
	}
}
