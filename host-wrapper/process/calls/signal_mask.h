/*
 * The host's signal mask. The gate keeps it from the guest, and must not ask the kernel
 * on every call whether it changed: so the runner has pthread_sigmask() and sigprocmask()
 * itself, which providers and their libraries then call instead of libc's. A mask that is
 * changed in some other way goes on to the guest.
 */
#ifndef JUMPSLOT_SIGNAL_MASK_H
#define JUMPSLOT_SIGNAL_MASK_H

/* Takes the mask of now as the guest's. Before any provider is loaded. */
void signal_mask_start(void);

#endif
