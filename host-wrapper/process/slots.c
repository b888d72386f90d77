/* The second mapping, and the resolver. See slots.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/memory_file.h"
#include "process/calls/gate.h"
#include "runner/bindings.h"
#include "slots.h"

static int map_twice(struct runner *runner, int fd, uintptr_t *alias,
		     struct message *message)
{
	const struct plan_range *pages = &runner->plan->readonly_slots;
	size_t size = (size_t)pages->size;
	void *own, *guests = runner_pointer(runner, pages->address);

	int error = memory_file_write(fd, 0, guests, size);

	if (error)
		return fail(message, -error, "slots: %s", strerror(-error));
	own = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (own == MAP_FAILED)
		return fail(message, errno, "slots: %s", strerror(errno));
	/* From here on no new mapping of it can be writable, not even by mprotect(). */
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK | F_SEAL_GROW))
		return fail(message, errno, "slots cannot be sealed: %s",
			    strerror(errno));
	if (mmap(guests, size, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
		return fail(message, errno, "slots: %s", strerror(errno));
	*alias = (uintptr_t)own;
	if (guest_memory_protect(&runner->memory, (uintptr_t)guests,
				 (uintptr_t)guests + size))
		return fail(message, EINVAL, "slots: not within a segment");
	return 0;
}

static int make_readonly(struct runner *runner, uintptr_t *alias, struct message *message)
{
	int fd, error;

	if (!runner->plan->readonly_slots.size)
		return 0;
	fd = memory_file_create("the slots", runner->plan->readonly_slots.size, message);
	if (fd < 0)
		return fd;
	error = map_twice(runner, fd, alias, message);
	close(fd);
	return error;
}

int slots_prepare(struct runner *runner, const uintptr_t *functions,
		  struct message *message)
{
	const struct plan *plan = runner->plan;
	struct jumpslot_resolver *resolver;
	uintptr_t alias = 0;
	int error;

	if (!plan->resolver_pointer)
		return 0; /* the linker has bound the calls (linked/) */
	error = make_readonly(runner, &alias, message);
	if (error)
		return error;
	resolver = bindings_make(runner, alias, functions, message);
	if (!resolver)
		return -ENOMEM;
	jumpslot_resolver_set(resolver);
	*bindings_writable(runner, alias, plan->resolver_pointer) =
		(uintptr_t)jumpslot_bind;
	return 0;
}
