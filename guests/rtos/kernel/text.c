/* See text.h. Depends only on text.h. */
#include "text.h"

/* Keeps the compiler from replacing the loop by a call of the same function. */
#define STAYS_A_LOOP() __asm__ volatile("")

void *memcpy(void *to, const void *from, size_t size)
{
	char *target = to;
	const char *source = from;

	while (size--) {
		*target++ = *source++;
		STAYS_A_LOOP();
	}
	return to;
}

void *memset(void *to, int byte, size_t size)
{
	char *target = to;

	while (size--) {
		*target++ = (char)byte;
		STAYS_A_LOOP();
	}
	return to;
}

size_t strlen(const char *text)
{
	size_t length = 0;

	while (text[length]) {
		length++;
		STAYS_A_LOOP();
	}
	return length;
}

int strcmp(const char *one, const char *other)
{
	return strncmp(one, other, (size_t)-1);
}

int strncmp(const char *one, const char *other, size_t size)
{
	for (; size; size--, one++, other++) {
		const int difference = (unsigned char)*one - (unsigned char)*other;

		if (difference || !*one)
			return difference;
	}
	return 0;
}
