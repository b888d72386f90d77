/*
 * The link report: each import, its provider, and everything that is wrong.
 */
#ifndef JUMPSLOT_REPORT_H
#define JUMPSLOT_REPORT_H

#include <stdio.h>

#include "linked_guest.h"

/* Prints the whole table, one line per import. */
void report_table(const struct linked_guest *guest, FILE *out);

/* Prints the same as one JSON object (docs/host-wrapper.md). */
void report_json(const struct linked_guest *guest, FILE *out);

/* The same in one line, without a newline. */
void report_json_line(const struct linked_guest *guest, FILE *out);

/* Prints an array of the providers that stand by, in one line. `used`: for each import,
 * 1 + the provider that serves it; 0 or NULL: the provider of the command line. */
void report_json_standbys(const struct linked_guest *guest, const uint32_t *used,
			  FILE *out);

/* Says how many imports are missing and mistyped. */
void report_counts(const struct linked_guest *guest, struct message *message);

/* Prints an array of the imports that are missing or mistyped, in one line. */
void report_json_problems(const struct linked_guest *guest, FILE *out);

/* Prints one line per problem, mistyped optional imports included; nothing if there is
 * none. `newlib` is the path of newlib's provider. */
void report_problems(const struct linked_guest *guest, const char *newlib, FILE *out);

#endif
