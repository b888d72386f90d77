/* See decimal.h. Depends only on decimal.h. */
#include "decimal.h"

#define LIMIT 1000000

uint32_t decimal(const char *text)
{
	uint32_t number = 0;

	for (; *text >= '0' && *text <= '9' && number < LIMIT; text++)
		number = number * 10 + (uint32_t)(*text - '0');
	return number < LIMIT ? number : LIMIT;
}
