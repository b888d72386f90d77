/*
 * Sets of interrupt vectors, of which several threads change bits: by halves, as no i386
 * processor is sure to have atomic operations of 64 bits, and the ABI aligns them to 4.
 */
#ifndef JUMPSLOT_VECTOR_SET_H
#define JUMPSLOT_VECTOR_SET_H

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t __attribute__((__may_alias__)) vector_half;

static inline volatile vector_half *vector_half_of(volatile uint64_t *set,
						   unsigned vector)
{
	return (volatile vector_half *)set + vector / 32;
}

/* Returns whether it was in the set already. */
static inline bool vector_add(volatile uint64_t *set, unsigned vector)
{
	uint32_t bit = 1u << vector % 32;

	return __atomic_fetch_or(vector_half_of(set, vector), bit, __ATOMIC_SEQ_CST) &
	       bit;
}

static inline void vector_remove(volatile uint64_t *set, unsigned vector)
{
	__atomic_fetch_and(vector_half_of(set, vector), ~(1u << vector % 32),
			   __ATOMIC_SEQ_CST);
}

static inline bool vector_in(volatile uint64_t *set, unsigned vector)
{
	return *vector_half_of(set, vector) >> vector % 32 & 1;
}

#endif
