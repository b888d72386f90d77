/* Keeps one memory file, or makes another. See restart.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/memory_file.h"
#include "restart.h"

/* Whether the guest can ask for a restart at all: by itself, or by its fault handler. */
static bool may_restart(const struct import_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		if (!strcmp(table->imports[i].name, "_BSP_Virtual_reset") ||
		    !strcmp(table->imports[i].name, "_BSP_Virtual_faulthandler"))
			return true;
	return false;
}

struct restart restart_init(const struct import_table *table, uint64_t size)
{
	return (struct restart){ .size = may_restart(table) ? size : 0, .work_area = -1 };
}

bool restart_is_wanted(const struct outcome *outcome)
{
	return outcome->kind == OUTCOME_RESTART_COLD ||
	       outcome->kind == OUTCOME_RESTART_WARM;
}

static int make_work_area(uint64_t size, struct message *message)
{
	int fd = memory_file_create("the work area", size, message);

	/* Unsealed, a guest that opens it through /proc could truncate it. */
	if (fd >= 0)
		fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
	return fd;
}

int restart_prepare(struct restart *restart, const struct outcome *outcome,
		    struct message *message)
{
	if (!restart->size || outcome->kind == OUTCOME_RESTART_WARM)
		return 0;
	restart_end(restart);
	restart->work_area = make_work_area(restart->size, message);
	return restart->work_area < 0 ? restart->work_area : 0;
}

void restart_end(struct restart *restart)
{
	if (restart->work_area >= 0)
		close(restart->work_area);
	restart->work_area = -1;
}
