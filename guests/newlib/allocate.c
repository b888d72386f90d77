/* POSIX's name for aligned memory. Depends on newlib's malloc. */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

/* Returns the error and does not set errno. */
int posix_memalign(void **memory, size_t alignment, size_t size)
{
	int before = errno;
	void *got;

	if (alignment < sizeof(void *) || alignment & (alignment - 1))
		return EINVAL;
	got = memalign(alignment, size);
	errno = before;
	if (!got)
		return ENOMEM;
	*memory = got;
	return 0;
}
