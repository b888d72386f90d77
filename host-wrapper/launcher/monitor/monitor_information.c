/* One part after the other. See monitor_information.h. */
#include <elf.h>
#include <string.h>

#include <jumpslot/abi/multiboot_i386.h>
#include <jumpslot/abi/start.h>
#include "common/start_info.h"
#include "monitor/calls.h"
#include "monitor_information.h"

/* Bytes below the stack pointer that a frame of the monitor takes at most: red zone,
 * return words, XSAVE area with AVX, registers, alignments, the handler's call
 * (vcpu/interrupt_frame_x86.c). tests/monitor compares it with what guests see. */
#define FRAME_X86_64 (128 + 16 + 832 + 208 + 2 * 63 + 128)
#define FRAME_I386   (8 + 832 + 112 + 2 * 63 + 128)

#define LOADER_NAME "jumpslot"

/* i386 alone. */
struct multiboot_part {
	struct jumpslot_multiboot_info info;
	struct jumpslot_multiboot_region work_area;
	char loader_name[sizeof(LOADER_NAME)];
};

static size_t aligned(size_t size)
{
	return (size + 15) & ~(size_t)15;
}

static size_t start_offset(void)
{
	return aligned(sizeof(struct monitor_information));
}

static size_t multiboot_offset(const struct plan *plan)
{
	return start_offset() + aligned(start_info_size(plan));
}

static size_t arguments_offset(const struct plan *plan)
{
	return multiboot_offset(plan) + aligned(sizeof(struct multiboot_part));
}

static size_t arguments_size(const struct plan *plan)
{
	size_t size = 0;

	for (uint64_t i = 0; i < plan->arguments.count; i++)
		size += strlen(plan_argument(plan, i)) + 1;
	return size;
}

size_t monitor_information_size(const struct plan *plan)
{
	return arguments_offset(plan) + arguments_size(plan);
}

uint64_t monitor_information_start(const struct plan *plan)
{
	(void)plan;
	return MONITOR_INFORMATION + start_offset();
}

uint64_t monitor_information_multiboot(const struct plan *plan)
{
	return plan->machine == EM_386 ? MONITOR_INFORMATION + multiboot_offset(plan) : 0;
}

static void write_multiboot(void *to, const struct plan *plan,
			    const struct monitor_addresses *addresses)
{
	const uint64_t at = MONITOR_INFORMATION + multiboot_offset(plan);
	const struct multiboot_part part = {
		.info = {
			.flags = JUMPSLOT_MULTIBOOT_COMMAND_LINE |
				 JUMPSLOT_MULTIBOOT_MEMORY_MAP |
				 JUMPSLOT_MULTIBOOT_LOADER_NAME,
			.command_line = (uint32_t)(monitor_information_start(plan) +
						   sizeof(struct jumpslot_start_info)),
			.memory_map_size = sizeof(part.work_area),
			.memory_map = (uint32_t)(at + offsetof(struct multiboot_part,
							       work_area)),
			.loader_name = (uint32_t)(at + offsetof(struct multiboot_part,
								loader_name)),
		},
		.work_area = {
			.size = sizeof(part.work_area) - sizeof(part.work_area.size),
			.base = addresses->work_area,
			.length = plan->work_area_size,
			.kind = JUMPSLOT_MULTIBOOT_AVAILABLE,
		},
		.loader_name = LOADER_NAME,
	};

	memcpy(to, &part, sizeof(part));
}

static void write_arguments(char *to, const struct plan *plan)
{
	for (uint64_t i = 0; i < plan->arguments.count; i++) {
		const size_t size = strlen(plan_argument(plan, i)) + 1;

		memcpy(to, plan_argument(plan, i), size);
		to += size;
	}
}

void monitor_information_write(void *to, const struct plan *plan,
			       const struct monitor_addresses *addresses)
{
	char *bytes = to;
	const struct monitor_information information = {
		.work_area = addresses->work_area,
		.work_area_size = plan->work_area_size,
		.argument_count = (uint32_t)plan->arguments.count,
		.arguments = (uint32_t)arguments_offset(plan),
	};
	const struct start_values values = {
		.address = monitor_information_start(plan),
		.base = addresses->base,
		.resolver = addresses->resolver,
		.work_area = addresses->work_area,
		.interrupt_frame = plan->machine == EM_X86_64 ? FRAME_X86_64 : FRAME_I386,
	};

	memcpy(bytes, &information, sizeof(information));
	start_info_write(bytes + start_offset(), plan, &values);
	if (plan->machine == EM_386)
		write_multiboot(bytes + multiboot_offset(plan), plan, addresses);
	write_arguments(bytes + arguments_offset(plan), plan);
}
