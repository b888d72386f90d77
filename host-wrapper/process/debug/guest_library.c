/*
 * The dynamic linker's list of name spaces, for debuggers (<link.h>, struct
 * r_debug_extended): this adds one, which holds the guest alone. The linker itself only
 * appends to the list. See guest_library.h.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "guest_library.h"
#include "runner/debugger.h"

/* The linker's own list, or NULL if it has none that can be extended. */
static struct r_debug_extended *first_space(void)
{
	for (const ElfW(Dyn) *entry = _DYNAMIC; entry->d_tag != DT_NULL; entry++)
		if (entry->d_tag == DT_DEBUG)
			return (struct r_debug_extended *)entry->d_un.d_ptr;
	return NULL;
}

/* gdb looks at the list when the linker has loaded a library, and not by itself. This one
 * belongs to libc and is empty. */
static void notify_debugger(void)
{
	if (debugger_is_attached())
		dlopen("libdl.so.2", RTLD_LAZY);
}

void guest_library_register(const struct runner *runner, int file)
{
	static char path[PATH_MAX];
	static struct link_map guest = { .l_name = path };
	static struct r_debug_extended space = {
		.base = { .r_version = 2, .r_state = RT_CONSISTENT },
	};
	struct r_debug_extended *first = first_space();
	char link[40];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", file);
	if (!first || readlink(link, path, sizeof(path) - 1) <= 0)
		return;
	guest.l_addr = runner->base;
	guest.l_ld = runner_pointer(runner, runner->plan->dynamic);
	space.base.r_map = &guest;
	space.base.r_brk = first->base.r_brk;
	space.base.r_ldbase = first->base.r_ldbase;
	/* Version 1 ends before the link to the next name space. */
	space.r_next = first->base.r_version >= 2 ? first->r_next : NULL;
	first->r_next = &space;
	first->base.r_version = 2;
	notify_debugger();
}
