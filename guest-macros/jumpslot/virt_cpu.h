/*
 * The paravirtual layer, processor part: how a guest ends itself.
 * The host provides these itself; the names are those of the RTEMS project's
 * paravirtualization work of 2013.
 * Depends on external_func.h.
 */
#ifndef JUMPSLOT_VIRT_CPU_H
#define JUMPSLOT_VIRT_CPU_H

#include "external_func.h"

/*
 * void _CPU_Virtual_exec_stop_error(int error)
 *
 * Stops this guest, and no other; never returns. The low 8 bits of `error` are
 * the exit status. Callable from any depth of calls and any stack, on the thread
 * that the host entered the guest with.
 */
EXTERNAL_FUNC(void, _CPU_Virtual_exec_stop_error, int)

#endif
