/* Compares strcmp() of host-wrapper/musl with a plain loop, on strings that end at the
 * end of memory or anywhere in a page, and checks blocks of its malloc(). */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE	4096
#define ROUNDS	2000000
#define LONGEST 70

int tested_strcmp(const char *a, const char *b);
void *tested_malloc(size_t size);
void *tested_calloc(size_t count, size_t size);
void *tested_realloc(void *block, size_t size);
void tested_free(void *block);

static unsigned below(unsigned limit)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % limit;
}

/* The end of two pages, after which nothing can be read. */
static char *end_of_memory(void)
{
	char *at = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	munmap(at + 2 * PAGE, PAGE);
	return at + 2 * PAGE;
}

static char *string(char *end, unsigned length, const char *similar)
{
	char *at = end - 1 - length - below(3) / 2 * below(PAGE);

	for (unsigned i = 0; i < length; i++)
		at[i] = similar && below(40) ? similar[i] : (char)(1 + below(255));
	at[length] = 0;
	return at;
}

static int sign_of_loop(const char *a, const char *b)
{
	while (*a == *b && *a)
		a++, b++;
	return (*a != *b) * ((unsigned char)*a < (unsigned char)*b ? -1 : 1);
}

static int compare(void)
{
	char *const ends[] = { end_of_memory(), end_of_memory() };

	for (int i = 0; i < ROUNDS; i++) {
		const unsigned length = below(LONGEST);
		const char *a = string(ends[0], length, NULL);
		const char *b = below(3) ? string(ends[1], length, a)
					 : string(ends[1], below(LONGEST), NULL);
		const int result = tested_strcmp(a, b);

		if ((result > 0) - (result < 0) != sign_of_loop(a, b))
			return printf("strcmp: \"%s\", \"%s\": %d\n", a, b, result);
	}
	return 0;
}

/* Each block keeps what was written to it, whatever happens to the others. */
static int allocate(void)
{
	static struct {
		unsigned char *at;
		unsigned size;
	} blocks[200];

	for (unsigned i = 0; i < 100000; i++) {
		const unsigned n = below(200), size = 1 + below(i % 100 ? 600 : 70000);
		unsigned char *grown, *zeros = tested_calloc(1, size);

		for (unsigned k = 0; k < blocks[n].size; k++)
			if (blocks[n].at[k] != (unsigned char)n)
				return printf("block %u is damaged\n", n);
		for (unsigned k = 0; k < size; k++)
			if (zeros[k])
				return puts("calloc: not zero");
		memset(zeros, 255, size);
		tested_free(zeros);
		grown = below(2) ? tested_realloc(blocks[n].at, size) : NULL;
		for (unsigned k = 0; grown && k < blocks[n].size && k < size; k++)
			if (grown[k] != (unsigned char)n)
				return puts("realloc: not the same bytes");
		if (!grown) {
			tested_free(blocks[n].at);
			grown = tested_malloc(size);
		}
		if ((uintptr_t)grown % 16)
			return puts("malloc: not aligned");
		blocks[n].at = memset(grown, (int)n, size);
		blocks[n].size = size;
	}
	return 0;
}

int main(void)
{
	return compare() || allocate();
}
