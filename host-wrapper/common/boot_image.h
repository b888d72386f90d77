/*
 * The boot image of the monitor: everything that the launcher tells the monitor's kernel,
 * in one Multiboot module. Records of fixed width, the same for 32-bit and 64-bit guests;
 * all addresses are final. The kernel checks each record once, before anything runs
 * (monitor/kernel/boot_check.h). Depends on <stdint.h> alone.
 */
#ifndef JUMPSLOT_BOOT_IMAGE_H
#define JUMPSLOT_BOOT_IMAGE_H

#include <stdint.h>

#define BOOT_MAGIC   0x746f6f62u /* "boot" */
#define BOOT_VERSION 1

#define BOOT_MAX_PARTITIONS 8
#define BOOT_MAX_REGIONS    128 /* of one partition */
#define BOOT_MAX_RANGES	    32	/* of one partition */
#define BOOT_MAX_SLOTS	    256 /* of all schedules */
#define BOOT_MAX_SCHEDULES  8
#define BOOT_MAX_CHANNELS   64
#define BOOT_MAX_ENDS	    256 /* of all channels */
#define BOOT_CHANNEL_ENDS   32	/* of one channel */
#define BOOT_LAST_VECTOR    15	/* of an end; 0: none */
#define BOOT_NAME	    32	/* bytes of a name, with its NUL */

/* boot_image.options */
#define BOOT_EXIT_DEVICE 0x1 /* QEMU's isa-debug-exit is there, for the end */
#define BOOT_OPTIONS	 0x1 /* all that are defined */

/* boot_partition.machine: ELF numbers. */
#define BOOT_I386   3
#define BOOT_X86_64 62

/* boot_partition.options */
#define BOOT_CONSOLE_INPUT     0x1 /* reads the console's input; one partition at most */
#define BOOT_MAY_SCHEDULE      0x2 /* may change the schedule */
#define BOOT_PARTITION_OPTIONS 0x3

/* boot_region.access */
#define BOOT_READ    0x1
#define BOOT_WRITE   0x2
#define BOOT_EXECUTE 0x4

/* boot_region.kind */
enum boot_region_kind {
	BOOT_SEGMENT,	  /* of the guest's file, or the information for the guest */
	BOOT_RUNTIME,	  /* of the monitor's runtime */
	BOOT_STACK,	  /* the guest's first stack */
	BOOT_FAULT_STACK, /* on which its fault handler runs */
	BOOT_WORK_AREA,	  /* kept by a warm restart */
	BOOT_REGION_KINDS,
};

/* No guest has memory from this address on, nor below the first page. */
#define BOOT_LIMIT_X86_64 0x7fffffff0000u
#define BOOT_LIMIT_I386	  0xfffff000u
#define BOOT_FIRST	  0x1000u
#define BOOT_PAGE	  4096u

/* Bytes below the first stack, and below the stack for faults, that the launcher leaves
 * out. The kernel takes a fault there for an overflow. */
#define BOOT_STACK_GUARD 0x1000000u
#define BOOT_FAULT_GUARD 0x10000u

/* A frame of time is at most this long, and a slot at least so: the kernel begins
 * nothing for a partition in the last 20 us of its slot. */
#define BOOT_MAX_FRAME_NS 3600000000000u
#define BOOT_MIN_SLOT_NS  50000u

/* boot_range.kind: those of code_table_x86.h, and stops, which have no length. */
#define BOOT_RANGE_STOP 0x100

/* Kinds of errors of a partition. */
enum boot_error {
	BOOT_ERROR_FAULT,      /* memory that it may not access so */
	BOOT_ERROR_ILLEGAL,    /* a privileged or undefined instruction */
	BOOT_ERROR_ARITHMETIC, /* division by 0, or an unmasked exception of the FPU */
	BOOT_ERROR_STACK,      /* an overflow of its stack */
	BOOT_ERROR_MISSING,    /* a call of a function without a provider */
	BOOT_ERROR_PORT,       /* an undeclared port, or one of the other direction */
	BOOT_ERROR_EXIT,       /* its end with another status than 0 */
	BOOT_ERRORS,
};

/* Reactions of the kernel to an error. */
enum boot_action {
	BOOT_LOG,	   /* and let the guest go on */
	BOOT_GUEST,	   /* call its own handler; without one, do `then` */
	BOOT_STOP,	   /* the partition */
	BOOT_RESTART_COLD, /* at most `restarts` times, then do `then` */
	BOOT_RESTART_WARM,
	BOOT_HALT,  /* end all partitions */
	BOOT_RESET, /* start all partitions again, cold; `restarts` times, then halt */
	BOOT_ACTIONS,
};

#define BOOT_MAX_RESTARTS 1000000u

/* boot_image.run_ns at most, some 290 years: no limit. */
#define BOOT_MAX_RUN_NS 0x7fffffffffffffffu

/* `count` records at `offset` from the image's start. */
struct boot_table {
	uint64_t offset;
	uint64_t count;
};

/* Records `first` and up of a table that all partitions share. */
struct boot_span {
	uint32_t first;
	uint32_t count;
};

struct boot_image {
	uint32_t magic;
	uint32_t version;
	uint64_t size; /* bytes of the image, a multiple of 8 */
	uint64_t hash; /* boot_hash() of all that follows this field */
	uint32_t options;
	uint32_t reserved;
	uint64_t frame_ns; /* of each schedule */
	struct boot_table partitions;
	struct boot_table regions;
	struct boot_table ranges;
	struct boot_table slots;
	uint64_t run_ns; /* from the first frame to the end of all partitions */
	struct boot_table schedules; /* the first is in force at the start */
	struct boot_table rules;     /* BOOT_ERRORS of each partition, in order */
	struct boot_table channels;  /* all zeros: there are none */
	struct boot_table ends;
};

/* Addresses in the runtime of a partition. */
struct boot_runtime {
	uint64_t calls; /* the first monitor call; the others follow in order */
	uint64_t upcall;
	uint64_t resume;
	uint64_t fault_call;
	uint64_t vcpu;	  /* struct vcpu of the runtime */
	uint32_t handler; /* offsets of its fields */
	uint32_t resuming;
	uint32_t waiting;
	uint32_t delivered;
	uint32_t used;
	uint32_t reserved;
};

struct boot_partition {
	char name[BOOT_NAME];
	uint32_t machine;
	uint32_t options;
	struct boot_span regions; /* in ascending order of addresses */
	struct boot_span ranges;
	uint64_t entry;
	uint64_t start_info;
	uint64_t multiboot; /* 0 on x86-64 */
	uint64_t base;	    /* that was added to the addresses of the file */
	uint64_t imports_address;
	uint64_t import_count;
	uint64_t vcpu_state; /* 0: the guest takes no interrupts */
	struct boot_runtime runtime;
};

struct boot_region {
	uint64_t address;
	uint64_t size;	    /* whole pages */
	uint64_t offset;    /* of its contents in the image; whole pages */
	uint64_t file_size; /* bytes of contents; zeros follow. All of it if read-only */
	uint32_t access;
	uint32_t kind;
};

struct boot_range {
	uint64_t start, end;
	uint32_t kind;
	uint32_t outcome; /* OUTCOME_*, of a stop */
};

/* Of one schedule, in ascending order; gaps are idle time. */
struct boot_slot {
	uint32_t partition;
	uint32_t reserved;
	uint64_t start_ns; /* in the frame */
	uint64_t length_ns;
};

struct boot_schedule {
	char name[BOOT_NAME];
	struct boot_span slots;
};

struct boot_rule {
	uint32_t action;
	uint32_t then;
	uint32_t restarts; /* 0: no limit */
	uint32_t reserved;
};

/* The numbers of kinds and directions are those of common/channel.h. */
struct boot_channel {
	uint32_t kind;
	uint32_t size;	/* bytes of a message at most */
	uint32_t depth; /* of a queue; sampling: 1 */
	uint32_t reserved;
	uint64_t refresh_ns;   /* sampling alone */
	struct boot_span ends; /* the source first */
};

struct boot_end {
	char port[BOOT_NAME]; /* zeros follow */
	uint32_t partition;
	uint32_t direction;
	uint32_t channel;
	uint32_t vector; /* raised there on arrival, or when there is room; 0: none */
};

_Static_assert(sizeof(struct boot_channel) == 32, "as launcher and kernel know it");
_Static_assert(sizeof(struct boot_end) == 48, "as launcher and kernel know it");
_Static_assert(sizeof(struct boot_image) == 176, "as launcher and kernel know it");
_Static_assert(sizeof(struct boot_schedule) == 40, "as launcher and kernel know it");
_Static_assert(sizeof(struct boot_rule) == 16, "as launcher and kernel know it");
_Static_assert(sizeof(struct boot_partition) == 176, "as launcher and kernel know it");
_Static_assert(sizeof(struct boot_region) == 40, "as launcher and kernel know it");
_Static_assert(sizeof(struct boot_range) == 24, "as launcher and kernel know it");
_Static_assert(sizeof(struct boot_slot) == 24, "as launcher and kernel know it");

/* Bytes of an image that the hash does not cover. */
#define BOOT_HASH_FROM 24

/*
 * FNV-1a by words of 8 bytes. Finds damage on the way to the kernel, for certain if only
 * one word is changed: each step is a bijection. No protection against an author. The
 * length is a multiple of 8.
 */
static inline uint64_t boot_hash(const void *bytes, uint64_t length)
{
	const uint64_t *word = (const uint64_t *)bytes;
	uint64_t hash = 0xcbf29ce484222325u;

	for (uint64_t i = 0; i < length / sizeof(*word); i++) {
		hash ^= word[i];
		hash *= 0x100000001b3u;
	}
	return hash;
}

#endif
