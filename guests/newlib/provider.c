/*
 * The host's side of newlib_calls.h: the table of functions, and the option
 * root=DIRECTORY, the only directory that the guest can use; without it, the guest has
 * the console only. All functions that the guest can call are async-signal-safe: they use
 * plain system calls only.
 */
#include <jumpslot/provider.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "newlib_calls.h"
#include "newlib_functions.def"
#include "provider_files.h"
#include "provider_root.h"

/*
 * These wait. As direct functions they are interrupted like the guest's own code: its
 * handlers run meanwhile. The kernel then goes on with a read or a wait for a lock, and
 * ends the other two with EINTR.
 */
JUMPSLOT_DIRECT(newlib_read)
JUMPSLOT_DIRECT(newlib_lock)
JUMPSLOT_DIRECT(newlib_poll)
JUMPSLOT_DIRECT(newlib_sleep)

/* The gate would be most of its cost. */
JUMPSLOT_DIRECT(newlib_clock)

int jumpslot_provider_init(const char *options, char *message, size_t size)
{
	const char *directory = options + strlen("root=");
	int error;

	files_start();
	if (!*options)
		return 0;
	if (strncmp(options, "root=", strlen("root="))) {
		snprintf(message, size, "%s: unknown option (expected root=DIRECTORY)",
			 options);
		return -EINVAL;
	}
	error = root_use(directory);
	if (error)
		snprintf(message, size, "root=%s: %s", directory, strerror(-error));
	return error;
}
