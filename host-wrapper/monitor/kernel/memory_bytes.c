/* By the processor's string instructions: the kernel uses no vector register. */
#include "memory_bytes.h"

#define WORD sizeof(unsigned long)

/* Words first, which takes an eighth of the time where the instruction is emulated. */
void *memcpy(void *to, const void *from, size_t size)
{
	void *at = to;
	size_t words = size / WORD, bytes = size % WORD;

	__asm__ volatile("rep movsq" : "+D"(at), "+S"(from), "+c"(words) : : "memory");
	__asm__ volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(bytes) : : "memory");
	return to;
}

void *memset(void *to, int byte, size_t size)
{
	const unsigned long word = (unsigned char)byte * 0x0101010101010101ul;
	void *at = to;
	size_t words = size / WORD, bytes = size % WORD;

	__asm__ volatile("rep stosq" : "+D"(at), "+c"(words) : "a"(word) : "memory");
	__asm__ volatile("rep stosb" : "+D"(at), "+c"(bytes) : "a"(word) : "memory");
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const unsigned char *x = a, *y = b;

	for (size_t i = 0; i < size; i++)
		if (x[i] != y[i])
			return x[i] - y[i];
	return 0;
}
