/* UTF-8 and the characters that a terminal obeys. See printable.h. */
#include <inttypes.h>
#include "printable.h"

size_t utf8_length(const char *bytes)
{
	const unsigned char *text = (const unsigned char *)bytes;
	size_t length = text[0] < 0x80 ? 1 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;

	if (length == 1)
		return 1;
	if (text[0] < 0xc2 || text[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	if ((text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] > 0x9f) ||
	    (text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] > 0x8f))
		return 0;
	return length;
}

/* C0, DEL, C1; line and paragraph separator; the bidirectional controls of Unicode. */
static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c ||
	       code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069);
}

bool printable_next(const char **text, uint32_t *code)
{
	static const uint8_t first_bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	const unsigned char *at = (const unsigned char *)*text;
	size_t length = utf8_length(*text);

	*code = at[0] & (length ? first_bits[length] : 0xff);
	for (size_t i = 1; i < length; i++)
		*code = *code << 6 | (at[i] & 0x3f);
	*text += length ? length : 1;
	return length && !is_control(*code);
}

/* The bytes of `text` before the first that is not ASCII or must not be printed: nearly
 * always all of it. */
static size_t plain_length(const char *text)
{
	size_t length = 0;

	while (text[length] >= 0x20 && text[length] < 0x7f)
		length++;
	return length;
}

bool text_printable(const char *text)
{
	uint32_t code;

	if (!*text)
		return false;
	while (*text)
		if (!printable_next(&text, &code))
			return false;
	return true;
}

void print_escaped(const char *text, FILE *out)
{
	while (*text) {
		size_t plain = plain_length(text);
		const char *start = text + plain;
		uint32_t code;

		fwrite(text, 1, plain, out);
		text = start;
		if (*text && printable_next(&text, &code))
			fwrite(start, 1, (size_t)(text - start), out);
		else
			for (; start < text; start++)
				fprintf(out, "\\x%02x", (unsigned char)*start);
	}
}

size_t escaped_length(const char *text)
{
	size_t length = plain_length(text);

	text += length;
	while (*text) {
		const char *start = text;
		uint32_t code;
		bool shown = printable_next(&text, &code);

		length += (size_t)(text - start) * (shown ? 1 : 4);
	}
	return length;
}

/* A character that must not be printed, as JSON writes it. None is above U+FFFF. Bytes
 * that are not UTF-8, as in file names, become the replacement character. */
static void print_unprintable(uint32_t code, bool is_utf8, FILE *out)
{
	fprintf(out, "\\u%04" PRIx32, is_utf8 ? code : UINT32_C(0xfffd));
}

void print_json_string(const char *text, FILE *out)
{
	if (!text) {
		fputs("null", out);
		return;
	}
	fputc('"', out);
	while (*text) {
		const char *start = text;
		uint32_t code;
		bool is_utf8 = utf8_length(text) != 0;

		if (!printable_next(&text, &code))
			print_unprintable(code, is_utf8, out);
		else if (*start == '"' || *start == '\\')
			fprintf(out, "\\%c", *start);
		else
			fwrite(start, 1, (size_t)(text - start), out);
	}
	fputc('"', out);
}
