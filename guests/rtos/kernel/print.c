/* See print.h. */
#include <stdbool.h>
#include <stdint.h>

#include "console.h"
#include "print.h"
#include "text.h"

/* What there is room for of a text. */
struct output {
	char text[PRINT_MAX];
	size_t length;
};

/* How a value is set: in a field of so many characters. */
struct field {
	bool left;
	unsigned width;
};

static void put(struct output *output, char character)
{
	if (output->length < PRINT_MAX)
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

/* A conversion, `arguments` at its value. */
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

void print_list(const char *format, va_list arguments)
{
	struct output output;
	va_list values;

	output.length = 0;
	va_copy(values, arguments); /* a parameter may have decayed to a pointer */
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
	console_write(output.text, output.length);
}

void print(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_list(format, arguments);
	va_end(arguments);
}
