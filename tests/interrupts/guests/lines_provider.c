/* The host functions of lines.h. The provider's option is the number of the descriptor.
 */
#include <jumpslot/provider.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include "lines.h"

EF(answer_gated)
EF(answer_blocking)
EF(answer_direct)
JUMPSLOT_BLOCKING(answer_blocking)
JUMPSLOT_DIRECT(answer_direct)

static int descriptor;

int jumpslot_provider_init(const char *options, char *message, size_t size)
{
	(void)message;
	(void)size;
	descriptor = atoi(options);
	return 0;
}

int answer_gated(void)
{
	ssize_t written;

	do
		written = write(descriptor, "a", 1);
	while (written < 0 && errno == EINTR);
	return written == 1 ? 1 : -errno;
}

int answer_blocking(void)
{
	return answer_gated();
}

int answer_direct(void)
{
	return answer_gated();
}
