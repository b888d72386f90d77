/* Segments of this program, from the headers that the kernel passes. See program.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <link.h>

#include <jumpslot/provider.h>
#include "common/page.h"
#include "program.h"

static int add_segment(struct guest_memory *memory, uintptr_t base,
		       const ElfW(Phdr) * segment)
{
	struct guest_region region = {
		.start = PAGE_START(base + segment->p_vaddr),
		.end = PAGE_END(base + segment->p_vaddr + segment->p_memsz),
		.access = (segment->p_flags & PF_R ? JUMPSLOT_READ : 0) |
			  (segment->p_flags & PF_W ? JUMPSLOT_WRITE : 0) |
			  (segment->p_flags & PF_X ? JUMPSLOT_EXECUTE : 0),
		.from_file = segment->p_filesz != 0,
	};

	return guest_memory_add(memory, &region);
}

/* Pages that the dynamic linker has made read-only. */
static int protect_relocated(struct guest_memory *memory, uintptr_t base,
			     const ElfW(Phdr) * segment)
{
	uintptr_t start = PAGE_START(base + segment->p_vaddr);
	uintptr_t end = PAGE_START(base + segment->p_vaddr + segment->p_memsz);

	return end > start ? guest_memory_protect(memory, start, end) : 0;
}

/* The first object is the program; its nonzero result ends the iteration. */
static int add_program(struct dl_phdr_info *info, size_t size, void *memory)
{
	int error = 0;

	(void)size;
	for (int i = 0; !error && i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_LOAD)
			error = add_segment(memory, info->dlpi_addr, &info->dlpi_phdr[i]);
	for (int i = 0; !error && i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_GNU_RELRO)
			error = protect_relocated(memory, info->dlpi_addr,
						  &info->dlpi_phdr[i]);
	return error ? error : 1;
}

int program_add_memory(struct guest_memory *memory, struct message *message)
{
	if (dl_iterate_phdr(add_program, memory) == 1)
		return 0;
	return fail(message, ENOEXEC, "the program's segments cannot be read");
}
