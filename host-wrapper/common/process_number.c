/* See process_number.h. */
#include <inttypes.h>
#include <unistd.h>

#include "process_number.h"

intmax_t process_number(void)
{
	char self[24] = "";

	if (readlink("/proc/self", self, sizeof(self) - 1) > 0)
		return strtoimax(self, NULL, 10);
	return getpid();
}
