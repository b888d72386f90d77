/*
 * A boot image from linked guests, and from a model if there is one. Without a model
 * there is one guest, which has the whole frame. Depends on monitor_image.h.
 */
#ifndef JUMPSLOT_MONITOR_BUILD_H
#define JUMPSLOT_MONITOR_BUILD_H

#include "common/model.h"
#include "launcher/link/linked_guest.h"
#include "launcher/options/options.h"
#include "monitor_image.h"

/* A guest that becomes a partition. */
struct monitor_guest {
	const struct linked_guest *guest;
	const struct options *options; /* its own */
	const char *runtime;	       /* path, for guests of its machine */
};

/* All guests, in the model's order. */
struct monitor_guests {
	const struct monitor_guest *guests;
	size_t count;
	const struct model *model; /* NULL: none, and one guest */
};

/* `options`: BOOT_EXIT_DEVICE. Returns 0 or a negative errno; `object` is set to the
 * guest or the partition library at fault. */
int monitor_build(struct monitor_image *image, const struct monitor_guests *guests,
		  uint32_t options, const char **object, struct message *message);

#endif
