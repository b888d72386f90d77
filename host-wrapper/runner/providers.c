/* Loads each provider and initializes it. See providers.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/table.h"
#include "current.h"
#include "plan_read.h"
#include "provider_library.h"
#include "providers.h"

/* This program's ELF header. */
extern const char __ehdr_start[] __attribute__((__visibility__("hidden")));

/* Checks that the file is the one whose table the launcher read, and unchanged. */
static int check_same_file(const char *path, const struct plan_provider *provider,
			   struct message *message)
{
	struct stat status;

	if (stat(path, &status))
		return fail(message, errno, "provider %s: %s", path, strerror(errno));
	if (status.st_dev != provider->device || status.st_ino != provider->inode ||
	    (uint64_t)status.st_size != provider->size ||
	    (uint64_t)status.st_mtim.tv_sec * 1000000000u +
			    (uint64_t)status.st_mtim.tv_nsec !=
		    provider->changed_ns)
		return fail(message, ESTALE,
			    "provider %s was changed since it was scanned", path);
	return 0;
}

static int call_initialize(const struct provider_library *library, const char *path,
			   const char *options, struct message *message)
{
	provider_initialize *function = library->initialize;
	char text[512] = "no reason given";
	int error;

	if (!function && *options)
		return fail(message, EINVAL,
			    "provider %s takes no options, but was given %s", path,
			    options);
	if (!function)
		return 0;
	error = function(options, text, sizeof(text));
	text[sizeof(text) - 1] = 0;
	if (error)
		return fail(message, error < 0 ? -error : EINVAL, "provider %s: %s", path,
			    text);
	return 0;
}

static int load_one(const struct plan *plan, const struct plan_provider *provider,
		    uintptr_t *base, struct message *message)
{
	struct provider_library library;
	const char *path;
	int error;

	if (provider->path == PLAN_NO_STRING) {
		*base = (uintptr_t)__ehdr_start;
		/* Not /proc/self/exe: under a tool such as valgrind that is the tool. */
		return check_same_file(program_invocation_name, provider, message);
	}
	path = plan_string(plan, provider->path);
	error = check_same_file(path, provider, message);
	if (error)
		return error;
	if (!provider_library_open)
		return fail(message, ENOTSUP,
			    "provider %s: this runner has no dynamic linker", path);
	error = provider_library_open(&library, path, message);
	if (error)
		return error;
	/* Again: the file may have changed before dlopen() opened it. */
	error = check_same_file(path, provider, message);
	if (error)
		return error;
	*base = library.base;
	return call_initialize(&library, path, plan_string(plan, provider->options),
			       message);
}

/* For the supervisor: a provider may crash or exit while it is loaded. */
static void note_loading(uint32_t provider)
{
	if (current->outcome)
		__atomic_store_n(&current->outcome->provider, provider, __ATOMIC_RELAXED);
}

static void find_functions(const struct plan *plan, uintptr_t *functions,
			   const uintptr_t *bases)
{
	const struct plan_import *imports = plan_imports(plan);
	const struct plan_standby *standbys = plan_standbys(plan);

	for (uint64_t i = 0; i < plan->imports.count; i++)
		if (imports[i].provider != PLAN_NO_PROVIDER)
			functions[i] = bases[imports[i].provider] +
				       (uintptr_t)imports[i].function;
	for (uint64_t i = 0; i < plan->standbys.count; i++)
		functions[plan->imports.count + i] =
			bases[standbys[i].provider] + (uintptr_t)standbys[i].function;
}

int providers_load(const struct plan *plan, uintptr_t **functions,
		   struct message *message)
{
	const struct plan_provider *providers = plan_providers(plan);
	size_t count = (size_t)plan->providers.count;
	uintptr_t *bases = calloc(count + 1, sizeof(*bases));
	int error = 0;

	*functions = table_new(plan_function_count(plan), sizeof(**functions));
	if (!bases || !*functions) {
		free(bases);
		return fail(message, ENOMEM, "out of memory");
	}
	for (size_t i = 0; !error && i < count; i++) {
		note_loading((uint32_t)i + 1);
		error = load_one(plan, &providers[i], &bases[i], message);
	}
	note_loading(0);
	if (!error)
		find_functions(plan, *functions, bases);
	free(bases);
	return error;
}
