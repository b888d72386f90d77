/* The messages on which ports_sender.c and ports_receiver.c agree, and their checks. */
#ifndef PORTS_CHECK_H
#define PORTS_CHECK_H

#include <jumpslot/virt_bsp.h>

#define PORTS_EPERM	1
#define PORTS_ENOENT	2
#define PORTS_EBADF	9
#define PORTS_EAGAIN	11
#define PORTS_EFAULT	14
#define PORTS_EINVAL	22
#define PORTS_EMSGSIZE	90
#define PORTS_ETIMEDOUT 110

/* Around the piece that the monitor copies at a time. */
#define PORTS_SIZES 7
static const unsigned ports_sizes[PORTS_SIZES] = {
	1, 1023, 1024, 1025, 2048, 8191, 8192
};

/* Ends the guest with the line of a check that does not hold. */
#define CHECK(condition)                                                                 \
	do                                                                               \
		if (!(condition))                                                        \
			ports_fail(__LINE__);                                            \
	while (0)

static inline void ports_print(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	_BSP_Virtual_Console_write(text, length);
}

static inline void ports_fail(int line)
{
	char text[] = "line 0000 fails\n";

	for (int i = 8; i > 4; i--, line /= 10)
		text[i] = (char)('0' + line % 10);
	ports_print(text);
	__builtin_trap();
}

static inline unsigned char ports_byte(unsigned index, unsigned seed)
{
	return (unsigned char)(index * 7 + index / 256 + seed);
}

static inline void ports_fill(unsigned char *bytes, unsigned size, unsigned seed)
{
	for (unsigned i = 0; i < size; i++)
		bytes[i] = ports_byte(i, seed);
}

static inline int ports_are(const unsigned char *bytes, unsigned size, unsigned seed)
{
	for (unsigned i = 0; i < size; i++)
		if (bytes[i] != ports_byte(i, seed))
			return 0;
	return 1;
}

#endif
