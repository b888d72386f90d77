/*
 * Exit statuses of host-wrapper and of the runner that are not the guest's own
 * (docs/host-wrapper.md). Depends on nothing.
 */
#ifndef JUMPSLOT_EXIT_STATUS_H
#define JUMPSLOT_EXIT_STATUS_H

enum {
	EXIT_FAILED = 125,	/* host-wrapper, a provider or the runner failed */
	EXIT_CANNOT_LOAD = 126, /* the guest cannot be loaded */
	EXIT_UNRESOLVED = 127,	/* functions are missing or mistyped */
	EXIT_SIGNAL = 128,	/* plus n: signal n stopped the guest */
};

#endif
