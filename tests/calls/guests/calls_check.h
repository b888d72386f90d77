/*
 * Helpers of the guests that check calls: print and count what is wrong. A guest makes
 * each call in several rounds; only the first goes through an unbound slot.
 */
#ifndef CALLS_CHECK_H
#define CALLS_CHECK_H

#include <stddef.h>
#include <stdint.h>
#include <jumpslot/virt_bsp.h>

enum { ROUNDS = 3 };

static int wrong, checked;

static inline void print(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	_BSP_Virtual_Console_write(text, length);
}

static inline void check(int right, const char *what, int round)
{
	checked++;
	if (right)
		return;
	wrong++;
	print(round ? "wrong on a later call: " : "wrong on the first call: ");
	print(what);
	print("\n");
}

static inline int same(const void *a, const void *b, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (((const char *)a)[i] != ((const char *)b)[i])
			return 0;
	return 1;
}

/* Returns the exit status: the number of failed checks, or 1 if there was no check. */
static inline int done(void)
{
	print(checked ? "done\n" : "nothing was checked\n");
	return checked ? wrong : 1;
}

/* Compilers call these two functions for structures. */
void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *to, int byte, size_t size);

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	void *at = to;

	__asm__ volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(size) : : "memory");
	return to;
}

void *memset(void *to, int byte, size_t size)
{
	void *at = to;

	__asm__ volatile("rep stosb" : "+D"(at), "+c"(size) : "a"(byte) : "memory");
	return to;
}

#endif
