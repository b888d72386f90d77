/* The guest's thread, and the signal that makes it look at what is pending. */
#ifndef JUMPSLOT_KICK_H
#define JUMPSLOT_KICK_H

#include <stdbool.h>
#include <stdint.h>

struct kick {
	int32_t process;
	int32_t thread;
	uint32_t held;	 /* vcpu_kick() sends no signal: kick_release() looks instead */
	uint32_t active; /* calls of vcpu_kick() in progress */
	uint32_t sent;	 /* a signal was sent, and may not have arrived yet */
};

extern struct kick kick __attribute__((__visibility__("hidden")));

/* Makes the calling thread the one that vcpu_kick() of vcpu/hooks.h signals. */
void kick_start(void);

/*
 * For a blocking host function, whose system calls no signal may end. kick_hold() holds
 * the signals back; it returns false if one may be on its way, or if the clock's timer is
 * armed, and then the caller masks the signal. kick_unmask() comes before the mask is
 * taken off. kick_release() is due in both cases, after that: interrupts that are pending
 * by then wait for the gate. On the guest's thread.
 */
bool kick_hold(void) __attribute__((__visibility__("hidden")));
void kick_unmask(void) __attribute__((__visibility__("hidden")));
void kick_release(void) __attribute__((__visibility__("hidden")));

#endif
