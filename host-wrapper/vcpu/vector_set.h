/*
 * Sets of interrupt vectors, whose bits several threads change. Every operation is on
 * 32-bit halves: an i386 processor need not have 64-bit atomic operations, and its ABI
 * aligns a uint64_t to 4 bytes.
 */
#ifndef JUMPSLOT_VECTOR_SET_H
#define JUMPSLOT_VECTOR_SET_H

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t __attribute__((__may_alias__)) vector_half;

/*
 * The index of the half that holds `vector`. Bit n of the 64-bit set is vector n, so on a
 * big-endian machine the half with vectors 0 to 31 is the second one in memory.
 */
static inline unsigned vector_half_index(unsigned vector, bool is_big_endian)
{
	return vector / 32 ^ is_big_endian;
}

static inline volatile vector_half *vector_half_of(volatile uint64_t *set,
						   unsigned vector)
{
	return (volatile vector_half *)set +
	       vector_half_index(vector, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
}

/* Returns whether the vector was in the set already. */
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

/* The lowest vector of a set that is not empty. By halves: i386 has a library function
 * for 64 bits. */
static inline unsigned vector_lowest(uint64_t set)
{
	uint32_t low = (uint32_t)set;

	return (unsigned)(low ? __builtin_ctz(low)
			      : 32 + __builtin_ctz((uint32_t)(set >> 32)));
}

#endif
