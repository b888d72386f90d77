/*
 * The guest's file, mapped whole: an ELF object with symbols, lines and frames, which gdb
 * reads out of this process through its JIT interface. See guest_symbols.h.
 *
 * No page of it is touched before a debugger reads it.
 */
#include <sys/mman.h>

#include "gdb_jit.h"
#include "guest_library.h"
#include "guest_symbols.h"

static void show_object(const struct runner *runner, int file)
{
	static struct gdb_jit_entry entry;
	const uint64_t size = runner->plan->file_size;
	void *at;

	if (size > SIZE_MAX)
		return;
	at = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, file, 0);
	if (at == MAP_FAILED)
		return;
	entry.object = at;
	entry.size = size;
	gdb_jit_register(&entry);
}

void guest_symbols_register(const struct runner *runner, int file)
{
	if (!runner->plan->position_independent)
		show_object(runner, file);
	else if (guest_library_register)
		guest_library_register(runner, file);
}
