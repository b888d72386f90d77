/*
 * All checks of the boot image. After them the kernel uses its records without another
 * look. One source for the kernel, its unit tests and its fuzz target: depends on
 * common/boot_image.h and boot_view.h alone, and calls nothing.
 */
#ifndef JUMPSLOT_MONITOR_BOOT_CHECK_H
#define JUMPSLOT_MONITOR_BOOT_CHECK_H

#include <stddef.h>

#include "boot_view.h"

/* Why an image is refused. */
struct boot_problem {
	const char *text;   /* NULL: the image is good */
	const char *record; /* what kind of record it is about; NULL: the whole image */
	uint32_t number;    /* of the record in its table */
	uint32_t partition; /* whose record it is; UINT32_MAX: nobody's */
};

/* Checks `size` bytes at `image`, which is aligned to a page. */
struct boot_problem boot_check(const void *image, size_t size);

#endif
