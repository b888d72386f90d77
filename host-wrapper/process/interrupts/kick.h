/*
 * The guest's thread, and the signal that makes it look at what is pending. Included from
 * assembly and C.
 */
#ifndef JUMPSLOT_KICK_H
#define JUMPSLOT_KICK_H

#define KICK_PROCESS 0
#define KICK_THREAD  4

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct kick {
	int32_t process;
	int32_t thread;
};
_Static_assert(offsetof(struct kick, process) == KICK_PROCESS, "kick.process");
_Static_assert(offsetof(struct kick, thread) == KICK_THREAD, "kick.thread");

extern struct kick kick __attribute__((__visibility__("hidden")));

/* Makes the calling thread the one that vcpu_kick() of vcpu/hooks.h signals. */
void kick_start(void);

#endif
#endif
