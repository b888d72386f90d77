/*
 * The guest's symbols, sources and frames for debuggers. Knows nothing of gate and
 * interrupts.
 */
#ifndef JUMPSLOT_GUEST_SYMBOLS_H
#define JUMPSLOT_GUEST_SYMBOLS_H

#include "runner/runner.h"

/*
 * Shows debuggers the guest's file, which is open as `file`. Call it once, before
 * providers are loaded. A guest without symbols runs as well: a failure is silent.
 */
void guest_symbols_register(const struct runner *runner, int file);

#endif
