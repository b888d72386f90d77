/* Writes the structure, and the command line after it. See start_info.h. */
#include <string.h>

#include <jumpslot/abi/start.h>
#include "start_info.h"

size_t start_info_size(const struct plan *plan)
{
	size_t size = sizeof(struct jumpslot_start_info);

	for (uint64_t i = 0; i < plan->arguments.count; i++)
		size += strlen(plan_argument(plan, i)) + 1;
	return size;
}

/* Arguments joined by spaces. */
static void write_command_line(char *to, const struct plan *plan)
{
	for (uint64_t i = 0; i < plan->arguments.count; i++) {
		size_t length = strlen(plan_argument(plan, i));

		memcpy(to, plan_argument(plan, i), length);
		to += length;
		*to++ = ' ';
	}
	to[-1] = 0;
}

void start_info_write(void *to, const struct plan *plan,
		      const struct start_values *values)
{
	const struct jumpslot_start_info info = {
		.magic = JUMPSLOT_START_MAGIC,
		.version = JUMPSLOT_START_VERSION,
		.size = sizeof(info),
		.vcpu_state = plan->vcpu_state ? values->base + plan->vcpu_state : 0,
		.interrupt_frame = plan->vcpu_state ? values->interrupt_frame : 0,
		.resolver = values->resolver,
		.work_area_base = values->work_area,
		.work_area_size = plan->work_area_size,
		.command_line = values->address + sizeof(info),
	};

	memcpy(to, &info, sizeof(info));
	write_command_line((char *)to + sizeof(info), plan);
}
