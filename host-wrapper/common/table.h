/*
 * Memory for tables with a record per import or function. A large table lies in huge
 * pages, where the system has some: the first write to a page of 4 KB takes longer than
 * all other work on the records in it.
 */
#ifndef JUMPSLOT_TABLE_H
#define JUMPSLOT_TABLE_H

#include <stddef.h>

/* The size of a huge page. */
#define TABLE_ALIGNMENT ((size_t)0x200000)

/* Returns zeroed memory for `count` records of `size` bytes, or NULL. Never no memory:
 * a table without records has an address as well. */
void *table_new(size_t count, size_t size);

/* Frees a table, with the arguments that made it. NULL: does nothing. */
void table_free(void *table, size_t count, size_t size);

#endif
