/*
 * A boot image for the monitor's kernel, from partitions and their times. Depends on
 * monitor_partition.h.
 */
#ifndef JUMPSLOT_MONITOR_IMAGE_H
#define JUMPSLOT_MONITOR_IMAGE_H

#include "monitor_partition.h"

/* Times and rules, which all partitions share. */
struct monitor_plan {
	uint64_t frame_ns;
	uint64_t run_ns;
	struct boot_schedule schedules[BOOT_MAX_SCHEDULES];
	size_t schedule_count;
	struct boot_slot slots[BOOT_MAX_SLOTS]; /* of one schedule after the other */
	size_t slot_count;
	struct boot_channel channels[BOOT_MAX_CHANNELS];
	size_t channel_count;
	struct boot_end ends[BOOT_MAX_ENDS]; /* of one channel after the other */
	size_t end_count;
	struct boot_rule rules[BOOT_MAX_PARTITIONS][BOOT_ERRORS];
};

struct monitor_image {
	uint8_t *bytes;
	size_t size;
	uint64_t memory; /* bytes that the partitions need besides the image */
};

/* Bytes of an image and its partitions at most: the kernel uses the memory below 4 GiB,
 * of which QEMU's machine has one piece of less than 3.5 GiB. The kernel's own is left
 * out. */
#define MONITOR_MEMORY ((uint64_t)3575 << 20)

/* `options`: BOOT_EXIT_DEVICE. Returns 0, or -ENOMEM. */
int monitor_image_make(struct monitor_image *image,
		       const struct monitor_partition *partitions, size_t count,
		       const struct monitor_plan *plan, uint32_t options,
		       struct message *message);
void monitor_image_free(struct monitor_image *image);

/* Writes the whole image. Returns 0 or a negative errno. */
int monitor_image_write(const struct monitor_image *image, int fd,
			struct message *message);

#endif
