/*
 * memcpy(), memmove() and memset() by SSE2. They replace the functions of newlib, which
 * take tens of nanoseconds for 16 bytes. Sizes to 128 are overlapping moves from both
 * ends; larger ones a loop of 64 bytes; or one string instruction, whose start takes as
 * long as a hundred bytes, but which then moves twice as many at a time as SSE2.
 * Depends on the compiler's <emmintrin.h> only.
 */
#include <emmintrin.h>
#include <stddef.h>
#include <stdint.h>

/* Weak, so that a program may have its own. */
#define MAY_BE_REPLACED __attribute__((__weak__))

MAY_BE_REPLACED void *memcpy(void *restrict to, const void *restrict from, size_t size);
MAY_BE_REPLACED void *memmove(void *to, const void *from, size_t size);
MAY_BE_REPLACED void *memset(void *to, int byte, size_t size);

/* The compiler must not make calls of these functions from their own loops. */
#pragma GCC optimize("no-tree-loop-distribute-patterns")

#define WIDTH sizeof(__m128i)

/* The sizes from which a string instruction takes less time than a loop. */
#define LONG_MOVE 1024
#define LONG_SET  2048

/*
 * A processor that cannot tell at once that a load is not of the bytes that it has just
 * stored, because the low 12 bits of the addresses are close, moves byte by byte: the
 * target may not be just after the source in its page.
 */
static inline int is_long_move(const char *to, const char *from, size_t size)
{
	return size >= LONG_MOVE && ((uintptr_t)to - (uintptr_t)from - 1) % 4096 >= 255;
}

/* Upwards, byte by byte as far as anybody can tell: the direction flag is clear. */
static inline void move_long(char *to, const char *from, size_t size)
{
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

static inline void set_long(char *to, int byte, size_t size)
{
	__asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(byte) : "memory");
}

static inline __m128i load(const char *from)
{
	return _mm_loadu_si128((const __m128i *)(const void *)from);
}

static inline void store(char *to, __m128i value)
{
	_mm_storeu_si128((__m128i *)(void *)to, value);
}

/* Moves the first and the last `type` of the bytes: all, if size <= 2 * sizeof(type). */
#define MOVE_ENDS(type)                                                                  \
	do {                                                                             \
		type first, last;                                                        \
                                                                                         \
		__builtin_memcpy(&first, from, sizeof(first));                           \
		__builtin_memcpy(&last, from + size - sizeof(last), sizeof(last));       \
		__builtin_memcpy(to, &first, sizeof(first));                             \
		__builtin_memcpy(to + size - sizeof(last), &last, sizeof(last));         \
	} while (0)

static inline void move_small(char *to, const char *from, size_t size)
{
	if (size >= 8)
		MOVE_ENDS(uint64_t);
	else if (size >= 4)
		MOVE_ENDS(uint32_t);
	else if (size >= 2)
		MOVE_ENDS(uint16_t);
	else if (size)
		*to = *from;
}

/* Reads all before it writes. WIDTH < size <= 8 * WIDTH. */
static inline void move_medium(char *to, const char *from, size_t size)
{
	const char *from_end = from + size;
	char *to_end = to + size;
	__m128i a = load(from), h = load(from_end - WIDTH);

	if (size > 2 * WIDTH) {
		__m128i b = load(from + WIDTH), g = load(from_end - 2 * WIDTH);

		if (size > 4 * WIDTH) {
			__m128i c = load(from + 2 * WIDTH), d = load(from + 3 * WIDTH);
			__m128i e = load(from_end - 4 * WIDTH);
			__m128i f = load(from_end - 3 * WIDTH);

			store(to + 2 * WIDTH, c);
			store(to + 3 * WIDTH, d);
			store(to_end - 4 * WIDTH, e);
			store(to_end - 3 * WIDTH, f);
		}
		store(to + WIDTH, b);
		store(to_end - 2 * WIDTH, g);
	}
	store(to, a);
	store(to_end - WIDTH, h);
}

/* Upwards; reads each byte before it writes there, if to < from. size > 8 * WIDTH. */
static void move_up(char *to, const char *from, size_t size)
{
	__m128i last = load(from + size - WIDTH);
	char *end = to + size - WIDTH;

	if (is_long_move(to, from, size)) {
		move_long(to, from, size);
		return;
	}
	for (; to + 4 * WIDTH <= end; to += 4 * WIDTH, from += 4 * WIDTH) {
		__m128i a = load(from), b = load(from + WIDTH);
		__m128i c = load(from + 2 * WIDTH), d = load(from + 3 * WIDTH);

		store(to, a);
		store(to + WIDTH, b);
		store(to + 2 * WIDTH, c);
		store(to + 3 * WIDTH, d);
	}
	for (; to < end; to += WIDTH, from += WIDTH)
		store(to, load(from));
	store(end, last);
}

/* Downwards; reads each byte before it writes there, if to > from. size > 8 * WIDTH. */
static void move_down(char *to, const char *from, size_t size)
{
	__m128i first = load(from);
	size_t left = size;

	for (; left >= 5 * WIDTH; left -= 4 * WIDTH) {
		__m128i a = load(from + left - WIDTH), b = load(from + left - 2 * WIDTH);
		__m128i c = load(from + left - 3 * WIDTH);
		__m128i d = load(from + left - 4 * WIDTH);

		store(to + left - WIDTH, a);
		store(to + left - 2 * WIDTH, b);
		store(to + left - 3 * WIDTH, c);
		store(to + left - 4 * WIDTH, d);
	}
	for (; left > WIDTH; left -= WIDTH)
		store(to + left - WIDTH, load(from + left - WIDTH));
	store(to, first);
}

void *memmove(void *to, const void *from, size_t size)
{
	if (size <= WIDTH)
		move_small(to, from, size);
	else if (size <= 8 * WIDTH)
		move_medium(to, from, size);
	else if ((uintptr_t)to - (uintptr_t)from >= size)
		move_up(to, from, size);
	else
		move_down(to, from, size);
	return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	if (size <= WIDTH)
		move_small(to, from, size);
	else if (size <= 8 * WIDTH)
		move_medium(to, from, size);
	else
		move_up(to, from, size);
	return to;
}

/* Stores `type` at both ends: everywhere, if size <= 2 * sizeof(type). */
#define SET_ENDS(type)                                                                   \
	do {                                                                             \
		type value = (type)(bytes & (type)-1);                                   \
                                                                                         \
		__builtin_memcpy(to, &value, sizeof(value));                             \
		__builtin_memcpy(to + size - sizeof(value), &value, sizeof(value));      \
	} while (0)

static inline void set_small(char *to, uint64_t bytes, size_t size)
{
	if (size >= 8)
		SET_ENDS(uint64_t);
	else if (size >= 4)
		SET_ENDS(uint32_t);
	else if (size >= 2)
		SET_ENDS(uint16_t);
	else if (size)
		*to = (char)bytes;
}

void *memset(void *to, int byte, size_t size)
{
	__m128i value = _mm_set1_epi8((char)byte);
	char *next = to, *end;

	if (size < WIDTH) {
		set_small(to, (unsigned char)byte * 0x0101010101010101u, size);
		return to;
	}
	if (size >= LONG_SET) {
		set_long(to, byte, size);
		return to;
	}
	end = next + size - WIDTH;
	for (; next < end; next += WIDTH)
		store(next, value);
	store(end, value);
	return to;
}
