/*
 * The memory of one partition of the monitor, before it is written to a boot image: the
 * guest's segments, relocated and with all slots bound, its stacks and work area, the
 * information for it, and the runtime. Made from a plan and a runtime alone.
 */
#ifndef JUMPSLOT_MONITOR_PARTITION_H
#define JUMPSLOT_MONITOR_PARTITION_H

#include "common/plan.h"
#include "monitor_runtime.h"

/* The address to which a position-independent guest is relocated. */
#define MONITOR_PIE_BASE UINT64_C(0x10000000)

/* A region, and where its contents are until they are written. */
struct monitor_region {
	struct boot_region record; /* without the offset in the image */
	const uint8_t *contents;   /* record.file_size bytes */
	const char *name;	   /* for messages */
};

struct monitor_partition {
	struct boot_partition record; /* without the spans */
	struct monitor_region regions[BOOT_MAX_REGIONS];
	size_t region_count;
	const struct monitor_runtime *runtime;
	/* Memory that regions[].contents points to. */
	uint8_t *image; /* the guest's, from `image_low` on */
	uint64_t image_low;
	size_t image_size;
	uint8_t *owned[BOOT_MAX_REGIONS];
	size_t owned_count;
};

/*
 * `guest`: the file that the plan is for. Refuses a plan whose memory
 * does not fit into a partition. Returns 0 or a negative errno.
 */
int monitor_partition_make(struct monitor_partition *partition, const char *name,
			   const struct plan *plan, const struct elf_file *guest,
			   const struct monitor_runtime *runtime,
			   struct message *message);

/* Serves the guest these vectors, as bits, in addition to the console's. */
void monitor_partition_add_lines(struct monitor_partition *partition, uint64_t lines);

/*
 * For what is added afterwards (monitor_library.h): memory that is zero and the
 * partition's, or NULL; a region, whose contents and name stay in use; the call to which
 * a slot without a function leads; and the check of all regions, which puts them in
 * order.
 */
uint8_t *monitor_partition_memory(struct monitor_partition *partition, size_t size,
				  struct message *message);
int monitor_partition_add(struct monitor_partition *partition, const char *name,
			  const struct boot_region *record, const uint8_t *contents,
			  struct message *message);
uint64_t monitor_partition_resolver(const struct monitor_partition *partition);
int monitor_partition_check(struct monitor_partition *partition, struct message *message);

void monitor_partition_free(struct monitor_partition *partition);

#endif
