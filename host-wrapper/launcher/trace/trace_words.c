/* Values by the letters of a type string. See trace_words.h. */
#include <inttypes.h>
#include <string.h>

#include "common/printable.h"
#include "trace_words.h"

/* The name of an address in the guest, or its number. */
static void print_pointer(const struct trace_words *words, uint64_t value, FILE *out)
{
	const struct symbol *symbol =
		symbol_index_find(&words->symbols, value - words->base);

	if (!value)
		fputs("NULL", out);
	else if (!symbol)
		fprintf(out, "0x%" PRIx64, value);
	else if (value - words->base == symbol->address)
		fputs(symbol->name, out);
	else
		fprintf(out, "%s+0x%" PRIx64, symbol->name,
			value - words->base - symbol->address);
}

static void print_character(unsigned char byte, FILE *out)
{
	static const char from[] = "\n\t\r\"\\", to[] = "ntr\"\\";
	const char *found = byte ? strchr(from, byte) : NULL;

	if (found)
		fprintf(out, "\\%c", to[found - from]);
	else
		fprintf(out, "\\x%02x", byte);
}

static void print_text(const struct trace_text *text, size_t most, FILE *out)
{
	char bytes[TRACE_MAX_TEXT + 1];
	size_t length = text->length < most ? text->length : most;
	const char *at = bytes;

	memcpy(bytes, text->bytes, length);
	bytes[length] = 0;
	fputc('"', out);
	while (*at) {
		const char *start = at;
		uint32_t code;

		if (printable_next(&at, &code) && *start != '"' && *start != '\\')
			fwrite(start, 1, (size_t)(at - start), out);
		else
			for (; start < at; start++)
				print_character((unsigned char)*start, out);
	}
	fputs(text->is_cut && most > text->length ? "\"..." : "\"", out);
}

static void print_float(char letter, bool in_x87, const uint64_t value[2], FILE *out)
{
	long double wide = 0;
	double number;
	float narrow;

	if (letter == 'D' || in_x87) {
		memcpy(&wide, value, 10);
		fprintf(out, "%.*Lg", letter == 'f' ? 9 : letter == 'd' ? 17 : 21, wide);
		return;
	}
	memcpy(&number, value, sizeof(number));
	memcpy(&narrow, value, sizeof(narrow));
	if (letter == 'f')
		fprintf(out, "%.9g", (double)narrow);
	else
		fprintf(out, "%.17g", number);
}

/* `in_x87`: a result in an x87 register. A register's upper bits are not part of a small
 * value. */
static void print_value(const struct trace_words *words, char letter, bool in_x87,
			const uint64_t value[2], FILE *out)
{
	switch (letter) {
	case 'B':
		fputs(value[0] & 0xff ? "true" : "false", out);
		break;
	case 'b':
		fprintf(out, "%" PRId8, (int8_t)value[0]);
		break;
	case 'h':
		fprintf(out, "%" PRId16, (int16_t)value[0]);
		break;
	case 'i':
		fprintf(out, "%" PRId32, (int32_t)value[0]);
		break;
	case 'l':
		fprintf(out, "%" PRId64, (int64_t)value[0]);
		break;
	case 'c':
		fprintf(out, "%" PRIu8, (uint8_t)value[0]);
		break;
	case 't':
		fprintf(out, "%" PRIu16, (uint16_t)value[0]);
		break;
	case 'u':
		fprintf(out, "%" PRIu32, (uint32_t)value[0]);
		break;
	case 'm':
		fprintf(out, "%" PRIu64, value[0]);
		break;
	case 'q':
	case 'Q':
		fprintf(out, "0x%" PRIx64 "%016" PRIx64, value[1], value[0]);
		break;
	case 'p':
		print_pointer(words, value[0], out);
		break;
	case 'f':
	case 'd':
	case 'D':
		print_float(letter, in_x87, value, out);
		break;
	case 'S':
		fputs("{...}", out);
		break;
	default:
		fprintf(out, "0x%" PRIx64, value[0]);
	}
}

/* A pointer before a size is a buffer of that size, as a rule. */
static size_t text_limit(const struct arguments *arguments,
			 const struct trace_event *event, size_t index)
{
	const size_t next = index + 1;
	char letter = next < arguments->count ? arguments->places[next].letter : 0;

	if ((letter == 'm' || letter == 'u') &&
	    event->arguments[next][0] <= TRACE_MAX_TEXT)
		return (size_t)event->arguments[next][0];
	return TRACE_MAX_TEXT + 1;
}

static void print_argument(const struct trace_words *words,
			   const struct arguments *arguments,
			   const struct trace_event *event, size_t index, FILE *out)
{
	if (event->texts[index].is_text)
		print_text(&event->texts[index], text_limit(arguments, event, index),
			   out);
	else
		print_value(words, arguments->places[index].letter, false,
			    event->arguments[index], out);
}

void trace_words_call(const struct trace_words *words, const struct trace_event *event,
		      FILE *out)
{
	const struct arguments *arguments =
		&words->watch->imports[event->number].arguments;

	fprintf(out, "%s(", words->guest->table.imports[event->number].name);
	for (size_t i = 0; i < arguments->count; i++) {
		if (i)
			fputs(", ", out);
		print_argument(words, arguments, event, i, out);
	}
	if (!arguments->complete)
		fputs(arguments->count ? ", ..." : "...", out);
}

void trace_words_result(const struct trace_words *words, const struct trace_event *event,
			FILE *out)
{
	const struct arguments *arguments =
		&words->watch->imports[event->number].arguments;

	if (arguments->result != 'v')
		fputs(" = ", out);
	if (arguments->result == 'V')
		fputs("{...}", out);
	else if (arguments->result != 'v')
		print_value(words, arguments->result,
			    arguments->result_kind == PLAN_RESULT_X87, event->result,
			    out);
	if (event->kind == TRACE_SKIPPED)
		fputs(" (by the policy)", out);
}

void trace_words_place(struct trace_words *words, uint64_t address, FILE *out)
{
	const uint64_t at = address - words->base;
	const struct symbol *symbol = symbol_index_find(&words->symbols, at - 1);
	const struct guest_line *line = guest_lines_find(&words->lines, at);
	const char *name;

	if (symbol)
		fputs(symbol->name, out);
	else if (image_has(&words->guest->image, at - 1))
		fprintf(out, "0x%" PRIx64, address);
	else
		fputs("(outside the image)", out);
	if (!line)
		return;
	name = strrchr(line->file, '/');
	fputs(" (", out);
	print_escaped(name ? name + 1 : line->file, out);
	fprintf(out, ":%u)", line->line);
}

void trace_words_vector(unsigned vector, FILE *out)
{
	fprintf(out, "interrupt %u", vector);
	if (vector == JUMPSLOT_VECTOR_CLOCK)
		fputs(" (clock)", out);
	else if (vector == JUMPSLOT_VECTOR_CONSOLE)
		fputs(" (console)", out);
}
