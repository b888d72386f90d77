/*
 * A position-independent guest for debuggers, as if the dynamic linker had loaded it.
 * gdb's JIT interface does not do: it takes addresses as they are in the object.
 */
#ifndef JUMPSLOT_GUEST_LIBRARY_H
#define JUMPSLOT_GUEST_LIBRARY_H

#include "runner/runner.h"

/* Names the file that is open as `file` as a library at the runner's base. gdb 13 or
 * later reads it. Call it before providers are loaded. Not there in a static runner,
 * which has no dynamic linker. */
void guest_library_register(const struct runner *runner, int file)
	__attribute__((__weak__));

#endif
