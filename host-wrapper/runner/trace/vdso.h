/* Functions of the vDSO, the code that the kernel maps into each process (vdso(7)). */
#ifndef JUMPSLOT_VDSO_H
#define JUMPSLOT_VDSO_H

/* The function's address, or NULL if there is none. Uses no dynamic linker, which a
 * static runner has not. Before the guest starts. */
void *vdso_function(const char *name);

#endif
