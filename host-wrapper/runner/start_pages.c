/* Maps, writes and protects the start information. See start_pages.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <jumpslot/provider.h>
#include "common/page.h"
#include "common/start_info.h"
#include "host.h"
#include "start_pages.h"

int start_pages_make(struct runner *runner, struct message *message)
{
	size_t size = PAGE_END(start_info_size(runner->plan));
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);
	const struct start_values values = {
		.address = (uintptr_t)at,
		.base = runner->base,
		.resolver = host_resolver(),
		.work_area = runner->work_area.start,
		.interrupt_frame = runner->plan->vcpu_state ? host_frame_size() : 0,
	};
	const struct guest_region region = {
		.start = (uintptr_t)at,
		.end = (uintptr_t)at + size,
		.access = JUMPSLOT_READ,
	};

	if (at == MAP_FAILED)
		return fail(message, errno, "start information: %s", strerror(errno));
	start_info_write(at, runner->plan, &values);
	if (mprotect(at, size, PROT_READ) || guest_memory_add(&runner->memory, &region))
		return fail(message, ENOMEM, "start information: no memory");
	runner->start_info = (uintptr_t)at;
	return 0;
}
