/* The grammar of names and type strings, and types in C. See abi_strings.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jumpslot/external_abi.h>
#include "abi_strings.h"

static bool is_digit(char character)
{
	return character >= '0' && character <= '9';
}

/* The locale does not matter. */
static const bool symbol_characters[UINT8_MAX + 1] = {
	['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['0' ... '9'] = true,
	['_'] = true,	      ['.'] = true,	    ['$'] = true,
};

/* Characters that are checked at once. */
typedef uint8_t block __attribute__((__vector_size__(16)));

/* All bits are set in the bytes that are characters of a symbol. */
static block symbol_bytes(block bytes)
{
	const block small = bytes | 0x20;

	return (block)((small - 'a' < 26) | (bytes - '0' < 10) | (bytes == '_') |
		       (bytes == '.') | (bytes == '$'));
}

/* Counts the symbol's characters of a block, up to the first that is not one. */
static size_t symbol_prefix(const char *name)
{
	uint64_t halves[2];
	block bytes;

	memcpy(&bytes, name, sizeof(bytes));
	bytes = symbol_bytes(bytes);
	memcpy(halves, &bytes, sizeof(halves));
	if (~halves[0])
		return (size_t)__builtin_ctzll(~halves[0]) / 8;
	return ~halves[1] ? 8 + (size_t)__builtin_ctzll(~halves[1]) / 8 : sizeof(block);
}

size_t symbol_name_length(const char *name, size_t room)
{
	size_t length = 0, more = sizeof(block);

	while (more == sizeof(block) && room - length >= sizeof(block))
		length += more = symbol_prefix(name + length);
	while (symbol_characters[(uint8_t)name[length]])
		length++;
	return !name[length] && length <= JUMPSLOT_MAX_NAME && !is_digit(name[0]) ? length
										  : 0;
}

bool symbol_name_valid(const char *name)
{
	return symbol_name_length(name, 0) > 0;
}

static const char letters[] = "vbhilctumBpfdDqQ";
/* The letters again: a look-up without a search. */
static const bool type_letters[UINT8_MAX + 1] = {
	['v'] = true, ['b'] = true, ['h'] = true, ['i'] = true,
	['l'] = true, ['c'] = true, ['t'] = true, ['u'] = true,
	['m'] = true, ['B'] = true, ['p'] = true, ['f'] = true,
	['d'] = true, ['D'] = true, ['q'] = true, ['Q'] = true,
};
static const char *const words[] = {
	"void",	    "int8_t",	   "int16_t",  "int32_t",
	"int64_t",  "uint8_t",	   "uint16_t", "uint32_t",
	"uint64_t", "bool",	   "void *",   "float",
	"double",   "long double", "__int128", "unsigned __int128",
};

/* Skips 1 to 6 digits without a leading zero. Returns false if there are no such digits.
 */
static bool skip_number(const char **type)
{
	size_t digits = 0;
	bool valid;

	while (is_digit((*type)[digits]))
		digits++;
	valid = digits >= 1 && digits <= 6 && (digits == 1 || **type != '0');
	*type += digits;
	return valid;
}

static bool skip_alignment(const char **type)
{
	unsigned long alignment = strtoul(*type, NULL, 10);

	return skip_number(type) && alignment && !(alignment & (alignment - 1));
}

/* Skips one type. Returns false if there is none. */
static bool skip_type(const char **type)
{
	char letter = **type;

	if (!letter)
		return false;
	++*type;
	if (letter == 'V')
		return skip_number(type);
	if (letter == 'S')
		return skip_number(type) && *(*type)++ == '.' && skip_alignment(type);
	return type_letters[(uint8_t)letter];
}

bool type_string_valid(const char *type)
{
	const char *start = type;

	if (!skip_type(&type))
		return false;
	while (*type && (type[0] != '.' || type[1]))
		if (*type == 'v' || !skip_type(&type))
			return false;
	return (size_t)(type - start) + (*type == '.') <= JUMPSLOT_MAX_NAME;
}

static bool is_variadic(const char *type)
{
	return type[strlen(type) - 1] == '.';
}

bool type_string_fits(const char *type, uint32_t flags)
{
	return is_variadic(type) == ((flags & JUMPSLOT_VARIADIC) != 0);
}

static bool is_last(const struct last_type *last, const char *type, size_t room)
{
	uint64_t word;

	if (!last->mask || room < sizeof(word))
		return last->type && !strcmp(last->type, type);
	memcpy(&word, type, sizeof(word));
	return (word & last->mask) == last->word;
}

/* The first bytes of a string with its NUL. */
static uint64_t mask_of(const char *string)
{
	static const uint8_t set[8] = { 255, 255, 255, 255, 255, 255, 255, 255 };
	const size_t size = strlen(string) + 1;
	uint64_t mask = 0;

	if (size <= sizeof(mask))
		memcpy(&mask, set, size);
	return mask;
}

const char *type_string_take(struct last_type *last, const char *type, size_t room)
{
	if (is_last(last, type, room))
		return last->type;
	if (!type_string_valid(type))
		return NULL;
	*last = (struct last_type){ .type = type,
				    .mask = mask_of(type),
				    .variadic = is_variadic(type) };
	memcpy(&last->word, type, last->mask ? strlen(type) + 1 : 0);
	return type;
}

struct text {
	char *bytes;
	size_t size;
	size_t length;
};

static void append(struct text *text, const char *what, size_t length)
{
	size_t room = text->size - text->length - 1;

	if (length > room)
		length = room;
	memcpy(text->bytes + text->length, what, length);
	text->length += length;
	text->bytes[text->length] = 0;
}

static void append_string(struct text *text, const char *what)
{
	append(text, what, strlen(what));
}

/* "struct(24)", "vector(16)": size in bytes. */
static void append_aggregate(struct text *text, const char *word, const char *number)
{
	append_string(text, word);
	append_string(text, "(");
	append(text, number, strspn(number, "0123456789"));
	append_string(text, ")");
}

static void append_type(struct text *text, const char **type)
{
	const char *start = *type;

	skip_type(type);
	if (*start == 'V')
		append_aggregate(text, "vector", start + 1);
	else if (*start == 'S')
		append_aggregate(text, "struct", start + 1);
	else
		append_string(text, words[strchr(letters, *start) - letters]);
}

static void append_parameters(struct text *text, const char *type)
{
	const char *separator = "";

	if (!*type)
		append_string(text, "void");
	for (; *type; separator = ", ") {
		append_string(text, separator);
		if (*type == '.') {
			append_string(text, "...");
			return;
		}
		append_type(text, &type);
	}
}

void type_string_to_c(const char *type, const char *name, char *bytes, size_t size)
{
	struct text text = { .bytes = bytes, .size = size };

	bytes[0] = 0;
	if (!type) {
		append_string(&text, "?");
		return;
	}
	append_type(&text, &type);
	if (text.length && bytes[text.length - 1] != '*')
		append_string(&text, " ");
	append_string(&text, name);
	append_string(&text, "(");
	append_parameters(&text, type);
	append_string(&text, ")");
}
