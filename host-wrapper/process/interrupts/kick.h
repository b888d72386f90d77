/* The guest's thread, and the signal that makes it look at what is pending. */
#ifndef JUMPSLOT_KICK_H
#define JUMPSLOT_KICK_H

#include <stdint.h>

struct kick {
	int32_t process;
	int32_t thread;
};

extern struct kick kick __attribute__((__visibility__("hidden")));

/* Makes the calling thread the one that vcpu_kick() of vcpu/hooks.h signals. */
void kick_start(void);

#endif
