/*
 * The functions that the virtual CPU needs from its host, and the only ones that it calls
 * outside of vcpu/. They run in the guest's place, at its privilege.
 */
#ifndef JUMPSLOT_HOOKS_H
#define JUMPSLOT_HOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Makes the guest's thread look at what is pending. Any thread; async-signal-safe. */
void vcpu_kick(void);

/*
 * Whether a host function is in progress. If so, the host looks at what is pending when
 * that function has returned.
 */
bool vcpu_defer(void);

/*
 * Sleeps until `deadline_ns` on the guest's clock, or until an interrupt is delivered.
 * Returns at once if vcpu.delivered is no longer `delivered`; an interrupt that comes
 * between this comparison and the sleep must end the sleep. Called at level 0. Returns 0
 * at the deadline, any other value if the sleep ended earlier.
 */
int vcpu_sleep(uint64_t deadline_ns, uint32_t delivered);

/*
 * Ends the guest: a frame needs `bytes` below `sp`, more than the guest's stack has left.
 * `pc` is where the guest was. Does not return.
 */
void vcpu_stack_full(uintptr_t pc, uintptr_t sp, size_t bytes);

/* The guest has acknowledged the clock's vector. */
void vcpu_clock_acknowledged(void);

/* Whether the guest may execute what is at `address`. */
bool vcpu_is_guest_code(uintptr_t address);

/*
 * In assembly: restores vector and x87 registers from the frame that BX points to. May
 * change AX, CX, DX and flags. It belongs to the return from a handler: where the host
 * interrupts it at level 0, the host restarts the return.
 */
extern const char vcpu_restore_vectors[];

#endif
