/*
 * Functions that compare and search memory and strings, by SSE2. They replace those of
 * newlib, which look at a byte at a time. A search reads whole aligned blocks: these
 * never reach into a page that the string does not reach. Depends on the compiler's
 * <emmintrin.h> only.
 */
#include <emmintrin.h>
#include <stddef.h>
#include <stdint.h>

/* Weak, so that a program may have its own. */
#define MAY_BE_REPLACED __attribute__((__weak__))

MAY_BE_REPLACED int memcmp(const void *first, const void *second, size_t size);
MAY_BE_REPLACED void *memchr(const void *memory, int byte, size_t size);
MAY_BE_REPLACED size_t strlen(const char *string);
MAY_BE_REPLACED char *strchr(const char *string, int byte);
MAY_BE_REPLACED size_t strcspn(const char *string, const char *ends);
MAY_BE_REPLACED size_t strspn(const char *string, const char *accepted);

/* The compiler must not make calls of these functions from their own loops. */
#pragma GCC optimize("no-tree-loop-distribute-patterns")

#define WIDTH sizeof(__m128i)

typedef __m128i unaligned __attribute__((__aligned__(1)));

static inline int compare_bytes(unsigned char first, unsigned char second)
{
	return first - second;
}

/* Compares values of `type` at `first` and `second`; returns if they differ. */
#define COMPARE(type, swap, first, second)                                               \
	do {                                                                             \
		type a, b;                                                               \
                                                                                         \
		__builtin_memcpy(&a, first, sizeof(a));                                  \
		__builtin_memcpy(&b, second, sizeof(b));                                 \
		if (a != b)                                                              \
			return swap(a) < swap(b) ? -1 : 1;                               \
	} while (0)

/* size < WIDTH */
static inline int compare_small(const unsigned char *first, const unsigned char *second,
				size_t size)
{
	size_t rest = size - sizeof(uint32_t);

	if (size < sizeof(uint32_t)) {
		for (; size; size--, first++, second++)
			if (*first != *second)
				return compare_bytes(*first, *second);
		return 0;
	}
	for (size_t i = 0; i < rest; i += sizeof(uint32_t))
		COMPARE(uint32_t, __builtin_bswap32, first + i, second + i);
	COMPARE(uint32_t, __builtin_bswap32, first + rest, second + rest);
	return 0;
}

/* Of the 16 bytes at both places: 0, or the order of the first that differ. */
static inline int compare_block(const unsigned char *first, const unsigned char *second)
{
	__m128i same = _mm_cmpeq_epi8(*(const unaligned *)(const void *)first,
				      *(const unaligned *)(const void *)second);
	unsigned differs = (unsigned)_mm_movemask_epi8(same) ^ 0xffff;
	int i;

	if (!differs)
		return 0;
	i = __builtin_ctz(differs);
	return compare_bytes(first[i], second[i]);
}

int memcmp(const void *first, const void *second, size_t size)
{
	const unsigned char *a = first, *b = second;
	int order = 0;
	size_t i;

	if (size < WIDTH)
		return compare_small(a, b, size);
	for (i = 0; i + WIDTH < size; i += WIDTH) {
		order = compare_block(a + i, b + i);
		if (order)
			return order;
	}
	return compare_block(a + size - WIDTH, b + size - WIDTH);
}

/* The block that contains `*at`; moves `*at` to the block's start. */
static inline __m128i block_of(const char **at)
{
	*at = (const char *)((uintptr_t)*at & ~(uintptr_t)(WIDTH - 1));
	return *(const __m128i *)(const void *)*at;
}

void *memchr(const void *memory, int byte, size_t size)
{
	const __m128i wanted = _mm_set1_epi8((char)byte);
	const char *start = memory, *at = start;
	unsigned before, found;

	if (!size)
		return NULL;
	before = (uintptr_t)start % WIDTH;
	found = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(block_of(&at), wanted)) >>
		before << before;
	/* Distances from the start: a sum of the start and the size may overflow. */
	while (!found) {
		at += WIDTH;
		if ((size_t)(at - start) >= size)
			return NULL;
		found = (unsigned)_mm_movemask_epi8(
			_mm_cmpeq_epi8(*(const __m128i *)(const void *)at, wanted));
	}
	at += __builtin_ctz(found);
	return (size_t)(at - start) < size ? (void *)(uintptr_t)at : NULL;
}

/* The bits of bytes in a block that are 0, `a` or `b`. */
static inline unsigned ends_in(__m128i block, __m128i a, __m128i b)
{
	__m128i zero = _mm_cmpeq_epi8(block, _mm_setzero_si128());
	__m128i ends = _mm_or_si128(_mm_cmpeq_epi8(block, a), _mm_cmpeq_epi8(block, b));

	return (unsigned)_mm_movemask_epi8(_mm_or_si128(zero, ends));
}

/* Returns the first byte that is 0, `a` or `b`. */
static inline const char *find(const char *string, char a, char b)
{
	const __m128i all_a = _mm_set1_epi8(a), all_b = _mm_set1_epi8(b);
	unsigned before = (uintptr_t)string % WIDTH;
	const char *at = string;
	unsigned found = ends_in(block_of(&at), all_a, all_b) >> before << before;

	while (!found) {
		at += WIDTH;
		found = ends_in(*(const __m128i *)(const void *)at, all_a, all_b);
	}
	return at + __builtin_ctz(found);
}

size_t strlen(const char *string)
{
	return (size_t)(find(string, 0, 0) - string);
}

char *strchr(const char *string, int byte)
{
	const char *at = find(string, (char)byte, (char)byte);

	return *at == (char)byte ? (char *)(uintptr_t)at : NULL;
}

/* A bit per byte. */
struct set {
	uint32_t words[8];
};

static inline int is_in(const struct set *set, char byte)
{
	return set->words[(unsigned char)byte / 32] >> (unsigned char)byte % 32 & 1;
}

static inline void add(struct set *set, char byte)
{
	set->words[(unsigned char)byte / 32] |= 1u << (unsigned char)byte % 32;
}

/* Sets of more than two bytes are rare. */
static size_t span_to_any(const char *string, const char *ends)
{
	const char *at = string;
	struct set set = { { 1 } };

	for (; *ends; ends++)
		add(&set, *ends);
	while (!is_in(&set, *at))
		at++;
	return (size_t)(at - string);
}

size_t strcspn(const char *string, const char *ends)
{
	if (ends[0] && ends[1] && ends[2])
		return span_to_any(string, ends);
	return (size_t)(find(string, ends[0], ends[0] ? ends[1] : 0) - string);
}

size_t strspn(const char *string, const char *accepted)
{
	const char *at = string;
	struct set set = { { 0 } };

	for (; *accepted; accepted++)
		add(&set, *accepted);
	while (is_in(&set, *at))
		at++;
	return (size_t)(at - string);
}
