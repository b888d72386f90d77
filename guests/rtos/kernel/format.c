/* See format.h. Depends only on text. */
#include <stdbool.h>
#include <stdint.h>

#include "format.h"
#include "text.h"

/* The text so far, and the room for it. */
struct output {
	char *text;
	size_t length, size;
};

/* The field of a conversion. */
struct field {
	bool left;
	unsigned width;
};

static void put(struct output *output, char character)
{
	if (output->length < output->size)
		output->text[output->length++] = character;
}

static void put_field(struct output *output, struct field field, const char *text,
		      size_t length)
{
	for (size_t i = length; !field.left && i < field.width; i++)
		put(output, ' ');
	for (size_t i = 0; i < length; i++)
		put(output, text[i]);
	for (size_t i = length; field.left && i < field.width; i++)
		put(output, ' ');
}

static void put_number(struct output *output, struct field field, uint32_t number,
		       uint32_t base, bool negative)
{
	char digits[12];
	size_t at = sizeof(digits);

	do
		digits[--at] = "0123456789abcdef"[number % base];
	while ((number /= base));
	if (negative)
		digits[--at] = '-';
	put_field(output, field, digits + at, sizeof(digits) - at);
}

static void put_signed(struct output *output, struct field field, int number)
{
	put_number(output, field, number < 0 ? -(uint32_t)number : (uint32_t)number, 10,
		   number < 0);
}

static const char *read_field(const char *format, struct field *field)
{
	*field = (struct field){ .left = *format == '-' };
	if (field->left)
		format++;
	while (*format >= '0' && *format <= '9')
		field->width = field->width * 10 + (unsigned)(*format++ - '0');
	return format;
}

/* Takes the value of the conversion from `arguments`. */
static void put_value(struct output *output, char conversion, struct field field,
		      va_list *arguments)
{
	const char *string;
	char character;

	switch (conversion) {
	case 's':
		string = va_arg(*arguments, const char *);
		put_field(output, field, string, strlen(string));
		break;
	case 'c':
		character = (char)va_arg(*arguments, int);
		put_field(output, field, &character, 1);
		break;
	case 'd':
		put_signed(output, field, va_arg(*arguments, int));
		break;
	case 'u':
		put_number(output, field, va_arg(*arguments, unsigned), 10, false);
		break;
	case 'x':
		put_number(output, field, va_arg(*arguments, unsigned), 16, false);
		break;
	default:
		put(output, conversion);
	}
}

size_t format_text(char *text, size_t size, const char *format, va_list arguments)
{
	struct output output = { text, 0, size };
	va_list values;

	va_copy(values, arguments); /* a va_list parameter may be a pointer */
	for (; *format; format++) {
		struct field field;

		if (*format != '%') {
			put(&output, *format);
			continue;
		}
		format = read_field(format + 1, &field);
		if (!*format)
			break;
		put_value(&output, *format, field, &values);
	}
	va_end(values);
	return output.length;
}
