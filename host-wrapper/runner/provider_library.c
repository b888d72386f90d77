/* dlopen() of a provider. See provider_library.h. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <link.h>

#include "provider_library.h"

int provider_library_open(struct provider_library *library, const char *path,
			  struct message *message)
{
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	struct link_map *map;

	if (!handle || dlinfo(handle, RTLD_DI_LINKMAP, &map))
		return fail(message, ELIBBAD, "provider %s", dlerror());
	library->base = map->l_addr;
	/* ISO C has no cast from data to function pointers. */
	*(void **)&library->initialize = dlsym(handle, "jumpslot_provider_init");
	return 0;
}
