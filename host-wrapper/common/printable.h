/*
 * Text from outside, such as the names of files, made safe to print: it must neither
 * control the terminal nor look like lines of the program's own.
 * Depends on libc alone.
 */
#ifndef JUMPSLOT_PRINTABLE_H
#define JUMPSLOT_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The bytes of the UTF-8 character at `text`; 0 if it is not valid UTF-8 (RFC 3629). */
size_t utf8_length(const char *text);

/*
 * Decodes the next character of a text that is not at its end, and advances past it.
 * Returns false for a byte that is not UTF-8, and for a character that must not be
 * printed: a control character, a line or paragraph separator, or a control of the
 * direction of text. `code`: the character, or the byte that is not UTF-8.
 */
bool printable_next(const char **text, uint32_t *code);

/* Tells whether the text is not empty and every character of it may be printed. */
bool text_printable(const char *text);

/* Prints the text with each byte that must not be printed as \xNN. */
void print_escaped(const char *text, FILE *out);

/* Prints the text as a string of JSON, with characters that must not be printed as
 * \uNNNN; NULL as null. */
void print_json_string(const char *text, FILE *out);

/* The number of bytes that print_escaped() prints. */
size_t escaped_length(const char *text);

#endif
