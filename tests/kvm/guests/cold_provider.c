/* Counts in a file, and removes it in the end. */
#include <fcntl.h>
#include <jumpslot/provider.h>
#include <unistd.h>
#include "cold.h"

EF(cold_runs)

int cold_runs(void)
{
	const int fd = open(COLD_FILE, O_WRONLY | O_APPEND | O_CREAT, 0600);
	const int before = (int)lseek(fd, 0, SEEK_END);

	if (write(fd, "x", 1) != 1 || close(fd) || (before == 3 && unlink(COLD_FILE)))
		return -1;
	return before;
}
