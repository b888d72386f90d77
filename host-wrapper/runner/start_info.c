/* Start information and command line, behind each other in memory. See start_info.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <jumpslot/provider.h>
#include "process/calls/gate.h"
#include "guest.h"
#include "vcpu/interrupt_frame.h"
#include "guest_memory.h"
#include "plan_read.h"
#include "start_info.h"

static size_t command_line_size(void)
{
	size_t size = 0;

	for (uint64_t i = 0; i < guest.plan->arguments.count; i++)
		size += strlen(plan_argument(guest.plan, i)) + 1;
	return size;
}

/* Arguments joined by spaces. */
static void write_command_line(char *to)
{
	for (uint64_t i = 0; i < guest.plan->arguments.count; i++) {
		size_t length = strlen(plan_argument(guest.plan, i));

		memcpy(to, plan_argument(guest.plan, i), length);
		to += length;
		*to++ = ' ';
	}
	to[-1] = 0;
}

int start_info_make(struct message *message)
{
	size_t size = sizeof(struct jumpslot_start_info) + command_line_size();
	size_t pages = (size + 4095) & ~(size_t)4095;
	struct jumpslot_start_info *info = mmap(NULL, pages, PROT_READ | PROT_WRITE,
						MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (info == MAP_FAILED)
		return fail(message, errno, "start information: %s", strerror(errno));
	*info = (struct jumpslot_start_info){
		.magic = JUMPSLOT_START_MAGIC,
		.version = JUMPSLOT_START_VERSION,
		.size = sizeof(*info),
		.vcpu_state =
			guest.plan->vcpu_state ? guest.base + guest.plan->vcpu_state : 0,
		.interrupt_frame = guest.plan->vcpu_state ? frame_size() : 0,
		.resolver = (uintptr_t)jumpslot_bind,
		.work_area_base = guest.work_area,
		.work_area_size = guest.plan->work_area_size,
		.command_line = (uintptr_t)(info + 1),
	};
	write_command_line((char *)(info + 1));
	guest.start_info = (uintptr_t)info;
	if (mprotect(info, pages, PROT_READ) ||
	    guest_memory_add(&(struct guest_region){
		    (uintptr_t)info, (uintptr_t)info + pages, JUMPSLOT_READ, false }))
		return fail(message, ENOMEM, "start information: no memory");
	return 0;
}
