/*
 * The host's signal mask, which the gate swaps with the guest's. The gate must not ask
 * the kernel on every call whether the mask changed, so the runner defines
 * pthread_sigmask() and sigprocmask() itself: providers and their libraries call these
 * instead of libc's. A mask that is changed in another way leaks to the guest.
 */
#ifndef JUMPSLOT_SIGNAL_MASK_H
#define JUMPSLOT_SIGNAL_MASK_H

/* Takes the current mask as the guest's. Before any provider is loaded. */
void signal_mask_start(void);

#endif
