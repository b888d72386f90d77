/* Relocated data becomes read-only, which musl does in programs with a dynamic linker
 * alone. */
#include <elf.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "common/page.h"

extern const Elf64_Ehdr __ehdr_start;

__attribute__((__constructor__)) static void protect(void)
{
	const uintptr_t base = (uintptr_t)&__ehdr_start;
	const Elf64_Phdr *headers = (const Elf64_Phdr *)(base + __ehdr_start.e_phoff);

	for (int i = 0; i < __ehdr_start.e_phnum; i++) {
		const uintptr_t start = PAGE_START(base + headers[i].p_vaddr);
		const uintptr_t end =
			PAGE_START(base + headers[i].p_vaddr + headers[i].p_memsz);

		if (headers[i].p_type == PT_GNU_RELRO &&
		    mprotect((void *)start, end - start, PROT_READ))
			abort();
	}
}
