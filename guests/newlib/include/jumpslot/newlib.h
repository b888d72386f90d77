/*
 * For programs that begin at main(), on newlib's start file: the start information of the
 * guest, and a share of the work area for the program itself. Depends only on the ABI and
 * <stddef.h>.
 */
#ifndef JUMPSLOT_NEWLIB_H
#define JUMPSLOT_NEWLIB_H

#include <stddef.h>
#include <jumpslot/abi/start.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Returns what the entry of another guest gets as its argument. Does not fail; before
 * main() as well, as in constructors. */
const struct jumpslot_start_info *jumpslot_start_info(void);

/*
 * newlib's heap is the work area, the memory of _BSP_Virtual_getworkspacearea(). A
 *program that wants a part of it for itself, such as an RTOS for its threads, defines the
 *heap's size in bytes:
 *
 *	const size_t jumpslot_heap_size = 4 << 20;
 *
 * The heap is then that many bytes at the start of the area, rounded up to whole pages.
 * If the area is smaller, the guest ends with status 1 and a line.
 */
extern const size_t jumpslot_heap_size;

/* Returns the rest of the area, page-aligned, and stores its size in bytes. Without a
 * definition of jumpslot_heap_size: NULL and 0. */
void *jumpslot_heap_rest(size_t *size);

#ifdef __cplusplus
}
#endif
#endif
