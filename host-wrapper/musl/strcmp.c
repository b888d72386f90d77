/* Sixteen bytes at a time: names of very many imports are compared, and musl's function
 * takes one byte after the other. */
#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/page.h"

#define BLOCK 16u

/* Bytes after a string's end may be read where they are in its page. */
static bool crosses_page(const char *text)
{
	return (uintptr_t)text % PAGE > PAGE - BLOCK;
}

/* A bit for each byte of the block that differs or ends the strings. */
static unsigned deciding_bytes(const char *a, const char *b)
{
	const __m128i from_a = _mm_loadu_si128((const __m128i *)a);
	const __m128i from_b = _mm_loadu_si128((const __m128i *)b);
	const __m128i same = _mm_cmpeq_epi8(from_a, from_b);

	/* 0 where the bytes differ, and where both are NUL */
	return (unsigned)_mm_movemask_epi8(
		_mm_cmpeq_epi8(_mm_min_epu8(same, from_a), _mm_setzero_si128()));
}

int strcmp(const char *a, const char *b)
{
	unsigned at = 0;

	for (;; a += BLOCK, b += BLOCK) {
		unsigned found = 0;

		if (crosses_page(a) || crosses_page(b)) {
			for (at = 0; at < BLOCK && a[at] == b[at] && a[at]; at++)
				;
			if (at < BLOCK)
				break;
			continue;
		}
		found = deciding_bytes(a, b);
		at = (unsigned)__builtin_ctz(found | 1u << BLOCK);
		if (found)
			break;
	}
	return (unsigned char)a[at] - (unsigned char)b[at];
}
