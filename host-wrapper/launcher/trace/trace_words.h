/*
 * Words for what a trace holds: values by their types, places in the guest, vectors. All
 * of it comes from the guest and is made safe to print.
 */
#ifndef JUMPSLOT_TRACE_WORDS_H
#define JUMPSLOT_TRACE_WORDS_H

#include <stdio.h>

#include "guest_lines.h"
#include "launcher/link/linked_guest.h"
#include "launcher/scan/symbol_index.h"
#include "trace_reader.h"

/* The sources of names. */
struct trace_words {
	const struct linked_guest *guest;
	const struct watched_calls *watch;
	struct symbol_index symbols;
	struct guest_lines lines;
	uint64_t base; /* of the running guest; its own word */
};

/* "name(1, "text", buffer+0x10)", without the end; and a result. */
void trace_words_call(const struct trace_words *words, const struct trace_event *event,
		      FILE *out);
void trace_words_result(const struct trace_words *words, const struct trace_event *event,
			FILE *out);

/* The function and line that an address is in, "main (guest.c:9)". `after`: the address
 * is that after a call. */
void trace_words_place(struct trace_words *words, uint64_t address, FILE *out);

/* "interrupt 0 (clock)" */
void trace_words_vector(unsigned vector, FILE *out);

/* Sets `text` to allocated text that `call` writes to `out_`; NULL: no memory. */
#define TRACE_WORDS_TEXT(text, call)                                                     \
	do {                                                                             \
		size_t size_;                                                            \
		FILE *out_ = open_memstream(&(text), &size_);                            \
                                                                                         \
		if (out_) {                                                              \
			call;                                                            \
			fclose(out_);                                                    \
		}                                                                        \
	} while (0)

#endif
