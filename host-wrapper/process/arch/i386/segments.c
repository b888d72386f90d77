/*
 * Segment registers on i386: selectors. FS and GS are as the guest left them in a
 * handler, the others are set by the kernel; all are restored from its context. See
 * segments_x86.h.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <ucontext.h>

#include "process/signals/segments_x86.h"

static struct {
	uint16_t fs, gs, ds, es;
} host;

void segments_start(void)
{
	__asm__("mov %%fs, %0" : "=r"(host.fs));
	__asm__("mov %%gs, %0" : "=r"(host.gs));
	__asm__("mov %%ds, %0" : "=r"(host.ds));
	__asm__("mov %%es, %0" : "=r"(host.es));
}

/* The selectors 0 to 3 are all null. Older 64-bit kernels load 3 for 0 when a signal's
 * handler returns. A processor's IRET makes 0 of it, but not its ERETU, nor QEMU. */
#define LAST_NULL 3

WITHOUT_SEGMENTS static uint32_t restore(greg_t *register_, uint16_t value,
					 uint32_t which)
{
	const uint16_t found = (uint16_t)*register_;
	const int same = found == value || (found <= LAST_NULL && value <= LAST_NULL);

	*register_ = value;
	return same ? 0 : which;
}

uint32_t segments_restore(void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
	uint32_t changed = restore(&registers[REG_FS], host.fs, OUTCOME_FS);

	changed |= restore(&registers[REG_GS], host.gs, OUTCOME_GS);
	changed |= restore(&registers[REG_DS], host.ds, OUTCOME_DS);
	changed |= restore(&registers[REG_ES], host.es, OUTCOME_ES);
	if (changed) {
		__asm__ volatile("mov %0, %%fs" : : "r"(host.fs));
		__asm__ volatile("mov %0, %%gs" : : "r"(host.gs));
	}
	return changed;
}
