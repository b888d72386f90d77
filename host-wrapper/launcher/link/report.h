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

/* Says how many imports are missing and mistyped. */
void report_counts(const struct linked_guest *guest, struct message *message);

/* Prints an array of the imports that are missing or mistyped, in one line. */
void report_json_problems(const struct linked_guest *guest, FILE *out);

/* Prints one line per problem, mistyped optional imports included; nothing if there is
 * none. `newlib` is the path of newlib's provider. */
void report_problems(const struct linked_guest *guest, const char *newlib, FILE *out);

#endif
