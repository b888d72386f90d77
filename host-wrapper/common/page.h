/*
 * The size of a page, on every host and for every guest so far, and rounding to it.
 * Depends on <stdint.h> alone.
 */
#ifndef JUMPSLOT_PAGE_H
#define JUMPSLOT_PAGE_H

#include <stdint.h>

#define PAGE ((uintptr_t)4096)

/* Rounds down or up, in the type of `address`. PAGE_END() wraps in the last page. */
#define PAGE_START(address) ((address) & ~((__typeof__(address))PAGE - 1))
#define PAGE_END(address)                                                                \
	(((address) + (__typeof__(address))PAGE - 1) & ~((__typeof__(address))PAGE - 1))

#endif
