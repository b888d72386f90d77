/* Multiboot information and what it points to, in one page. See multiboot.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <jumpslot/abi/multiboot_i386.h>
#include <jumpslot/abi/start.h>
#include <jumpslot/provider.h>
#include "common/page.h"
#include "multiboot.h"

/* The memory map lists the work area alone: a guest would take any other memory that it
 * calls available, such as its image or its stack, for unused. */
struct page {
	struct jumpslot_multiboot_info info;
	struct jumpslot_multiboot_region work_area;
	char loader_name[sizeof("jumpslot")];
};

static void fill_in(struct page *page, const struct runner *runner)
{
	const struct jumpslot_start_info *start =
		(const struct jumpslot_start_info *)runner->start_info;

	*page = (struct page){
		.info = {
			.flags = JUMPSLOT_MULTIBOOT_COMMAND_LINE |
				 JUMPSLOT_MULTIBOOT_MEMORY_MAP |
				 JUMPSLOT_MULTIBOOT_LOADER_NAME,
			.command_line = (uint32_t)start->command_line,
			.memory_map_size = sizeof(page->work_area),
			.memory_map = (uint32_t)&page->work_area,
			.loader_name = (uint32_t)page->loader_name,
		},
		.work_area = {
			.size = sizeof(page->work_area) - sizeof(page->work_area.size),
			.base = runner->work_area.start,
			.length = runner->plan->work_area_size,
			.kind = JUMPSLOT_MULTIBOOT_AVAILABLE,
		},
		.loader_name = "jumpslot",
	};
}

int multiboot_make(struct runner *runner, struct message *message)
{
	struct page *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct guest_region region = { .access = JUMPSLOT_READ };

	if (page == MAP_FAILED)
		return fail(message, errno, "Multiboot information: %s", strerror(errno));
	fill_in(page, runner);
	runner->multiboot = region.start = (uintptr_t)page;
	region.end = region.start + PAGE;
	if (mprotect(page, PAGE, PROT_READ) || guest_memory_add(&runner->memory, &region))
		return fail(message, ENOMEM, "Multiboot information: no memory");
	return 0;
}
