/*
 * The plan: all that the launcher tells the runner, in a sealed memory file. The launcher
 * writes it after all checks. The runner takes slots, names and functions from the plan
 * alone and never reads the guest's tables. Fields have the same width and place for
 * every word size. Addresses are those of the image, before a base is added. Depends on
 * <stddef.h> and <stdint.h> alone.
 */
#ifndef JUMPSLOT_PLAN_H
#define JUMPSLOT_PLAN_H

#include <stddef.h>
#include <stdint.h>

#define PLAN_MAGIC   0x6e6c706au /* "jpln" */
#define PLAN_VERSION 1

#define PLAN_NO_PROVIDER UINT32_MAX /* plan_import.provider: missing */
#define PLAN_NO_STRING	 UINT32_MAX
#define PLAN_NO_WAKE	 UINT32_MAX /* plan_port.wake: no side of the channel waits */

/* plan.options */
#define PLAN_BIND_NOW	 0x1
#define PLAN_SHOW_BOUND	 0x2   /* print at the end which imports are bound */
#define PLAN_CLOCK_GUEST 0x8   /* the guest's clock is its processor time */
#define PLAN_PERF_MAP	 0x4   /* name the thunks for perf, in /tmp/perf-PID.map */
#define PLAN_SANDBOX	 0x10  /* start the guest in the sandbox, with `filter` */
#define PLAN_STRICT	 0x20  /* and not if any layer of it is missing */
#define PLAN_PROCESSES	 0x40  /* the filter allows new processes or threads */
#define PLAN_REASONS	 0x80  /* let the supervisor say why a guest cannot start */
#define PLAN_WAIT_GDB	 0x100 /* wait for gdb before the guest's start */
#define PLAN_KEEP_CORE	 0x200 /* leave the limit of core files as it is */
#define PLAN_KEEPS_MXCSR 0x400 /* nothing changes MXCSR's control bits for the guest */
#define PLAN_TRACE	 0x800 /* record interrupts and waits */

/* Descriptors from here on do not exist in the sandbox: limits of resources see to it. */
#define PLAN_MAX_DESCRIPTORS 1024

/* The longest filter: the kernel's limit (BPF_MAXINSNS). */
#define PLAN_MAX_FILTER 4096

/* Values of the filter that only the runner knows. It replaces each that an instruction
 * compares with; no rule has them. */
#define PLAN_PROCESS 0x6a73f001u /* its process number */
#define PLAN_CONSOLE 0x6a73f002u /* the descriptor of the console's input */
#define PLAN_WAKE    0x6a73f003u /* the descriptor that wakes the thread of the sources */
#define PLAN_OPENED  0x6a73f004u /* the first descriptor that is opened from now on */
#define PLAN_VCPU    0x6a73f005u /* the descriptor of the kvm host's processor */
#define PLAN_GDB     0x6a73f006u /* the descriptor of gdb's connection */

/* plan_import.carry: the way to the function. One of these, and flags. */
#define PLAN_CARRY_MASK 0xf
#define PLAN_DIRECT	0x0 /* the slot holds the function's own address */
#define PLAN_GATED	0x1 /* on the host's stack, `stack_bytes` of arguments copied */
#define PLAN_GUEST_STACK                                                                 \
	0x2		     /* through the gate, on the guest's stack: the arguments'   \
				size is not known */
#define PLAN_TRAP	0x3  /* kvm: by a doorbell, `stack_bytes` of arguments copied */
#define PLAN_TRAP_STACK 0x4  /* kvm: the same; the arguments' size is not known */
#define PLAN_INLINE	0x5  /* kvm: the host's code for it runs in the guest's place */
#define PLAN_BLOCKING	0x10 /* with the interrupt signal held back; not if direct */
#define PLAN_RETURNS_MXCSR                                                               \
	0x20 /* the function returns with MXCSR's control bits as they were; not if      \
		direct */
#define PLAN_WIDE 0x40 /* a trap: vector arguments may exceed 16 bytes */
#define PLAN_LEAF 0x80 /* a trap of a direct function: it calls nothing back */

/* plan_line.kind: one of these raises the line once. */
#define PLAN_LINE_BYTE	  0 /* each byte of a stream */
#define PLAN_LINE_MESSAGE 1 /* each message of a socket */
#define PLAN_LINE_COUNT	  2 /* each of an eventfd's count */
#define PLAN_LINE_CONTROL 3 /* no line: requests of common/control.h; its vector is 0 */
/* Vectors of lines; 1 is the console's. */
#define PLAN_FIRST_LINE 2
#define PLAN_LAST_LINE	15

/* Part of the plan: `count` records at `offset` from the plan's start. */
struct plan_table {
	uint64_t offset;
	uint64_t count;
};

/* A range of image addresses. */
struct plan_range {
	uint64_t address;
	uint64_t size;
};

struct plan {
	uint32_t magic;
	uint32_t version;
	uint64_t size;	  /* of the whole plan, bytes */
	uint32_t machine; /* EM_* */
	uint32_t position_independent;
	uint32_t options;
	uint32_t name; /* string: the guest, for messages */
	uint64_t file_size;
	uint64_t entry;
	uint64_t resolver_pointer;
	uint64_t imports_address;	  /* of the guest's own table */
	uint64_t vcpu_state;		  /* 0: the guest takes no interrupts */
	struct plan_range readonly_slots; /* whole pages; size 0: none */
	struct plan_range rela;		  /* relocations of a static PIE */
	struct plan_range relr;
	uint64_t dynamic; /* address of its dynamic section, for debuggers */
	uint64_t stack_size;
	uint64_t host_stack_size; /* for gated functions */
	uint64_t work_area_size;
	uint64_t gdb; /* kvm: the descriptor of gdb's connection, plus 1; 0: none */
	struct plan_table segments;
	struct plan_table imports;   /* in the order of the guest's table */
	struct plan_table providers; /* one without a path: the runner itself */
	struct plan_table arguments; /* uint32_t: strings */
	struct plan_table lines;
	struct plan_table ports;    /* ends of channels to other runners */
	struct plan_table peers;    /* uint32_t: descriptors that their calls write to */
	struct plan_table filter;   /* struct sock_filter: for seccomp */
	struct plan_table standbys; /* functions that may take an import's place */
	struct plan_table watched;  /* imports whose calls something is done about */
	struct plan_table places;   /* uint32_t: their arguments */
	struct plan_table strings;  /* bytes; the last one is NUL */
};

struct plan_segment {
	uint64_t address;
	uint64_t offset; /* in the guest's file */
	uint64_t file_size;
	uint64_t memory_size;
	uint64_t alignment;
	uint32_t flags; /* PF_* */
	uint32_t reserved;
};

struct plan_import {
	uint64_t slot;
	uint64_t function;    /* address in the provider's file */
	uint32_t provider;    /* index, or PLAN_NO_PROVIDER */
	uint32_t name;	      /* string */
	uint32_t flags;	      /* JUMPSLOT_* of external_abi.h */
	uint32_t carry;	      /* PLAN_DIRECT and so on */
	uint32_t stack_bytes; /* at most this many bytes of arguments are on the stack */
	uint32_t reserved;
};

/* A function of another provider that the control can point an import at. */
struct plan_standby {
	uint64_t function; /* as in struct plan_import, like the fields below */
	uint32_t provider;
	uint32_t import; /* index */
	uint32_t carry;
	uint32_t stack_bytes;
};

struct plan_provider {
	uint32_t path;	  /* string; PLAN_NO_STRING: the runner itself */
	uint32_t options; /* string */
	uint64_t device;  /* of the file that was scanned */
	uint64_t inode;
	uint64_t size;
	uint64_t changed_ns; /* its last modification */
};

/* An interrupt vector that is raised from outside. */
struct plan_line {
	uint32_t vector;
	uint32_t kind;
	uint32_t descriptor; /* open in the runner */
	uint32_t reserved;
};

/* An end of a channel (common/channel.h), whose memory this runner shares with those of
 * the other ends. The guest knows it by its index. */
struct plan_port {
	uint32_t name;	    /* string */
	uint32_t direction; /* enum channel_direction */
	uint32_t kind;	    /* these four: struct channel_shape */
	uint32_t size;
	uint32_t depth;
	uint32_t memory; /* descriptor of the channel's memory */
	uint64_t refresh_ns;
	uint32_t wake;	     /* eventfd that this end waits at, or PLAN_NO_WAKE */
	uint32_t first_peer; /* index in `peers`: eventfds of the other ends */
	uint32_t peer_count;
	uint32_t reserved;
};

/* plan_watched.flags */
#define PLAN_WATCH_RECORD  0x1 /* write records of each call */
#define PLAN_WATCH_COUNT   0x2 /* count calls and their time */
#define PLAN_WATCH_LATER   0x4 /* keep a thunk ready; the slot does not hold it yet */
#define PLAN_WATCH_NO_COPY 0x8 /* nobody knows the size of the stack arguments */

/* plan_watched.result: where the result is. */
#define PLAN_RESULT_NONE    0
#define PLAN_RESULT_GENERAL 1 /* in general registers */
#define PLAN_RESULT_VECTOR  2 /* x86-64: in XMM0 */
#define PLAN_RESULT_X87	    3

/* plan_watched.action */
#define PLAN_ACTION_NONE  0
#define PLAN_ACTION_DENY  1 /* end the guest with a fault's report */
#define PLAN_ACTION_FAIL  2 /* do not call the function, and return `value` */
#define PLAN_ACTION_DELAY 3 /* wait `value` nanoseconds, then call it */

/* plan_watched.chance of a call that always takes the action. */
#define PLAN_CHANCE_ALWAYS 1000000u

/*
 * An import whose calls go through a thunk that records, counts or changes them. An
 * import has at most one of these.
 */
struct plan_watched {
	uint32_t import;
	uint32_t flags;	      /* PLAN_WATCH_* */
	uint32_t stack_bytes; /* of arguments, at most */
	uint32_t pops;	      /* of them, those that the function takes off itself */
	uint32_t result;      /* PLAN_RESULT_* */
	uint32_t action;      /* PLAN_ACTION_* */
	uint32_t nth;	      /* take it on this call alone, from 1; 0: see `chance` */
	uint32_t chance;      /* in millionths */
	uint64_t value[2];    /* the result's bytes, or nanoseconds */
	uint64_t seed;
	uint32_t rule;	      /* number in the policy, for the report */
	uint32_t first_place; /* index in `places` */
	uint32_t place_count;
	uint32_t reserved;
};

/* An element of `places`: where an argument is. */
#define PLAN_PLACE_NUMBER 0xffffff   /* number of the register, or offset in bytes */
#define PLAN_PLACE_STACK  0x1000000  /* instead of a general register */
#define PLAN_PLACE_VECTOR 0x2000000  /* x86-64: a vector register, its lower half */
#define PLAN_PLACE_WIDE	  0x4000000  /* two words of 8 bytes; only on the stack */
#define PLAN_PLACE_TEXT	  0x8000000  /* a pointer that may lead to text */
#define PLAN_PLACE_LONG	  0x10000000 /* i386: 8 bytes, two registers or stack words */

/* i386 aligns uint64_t to 4, so 8-byte fields stand at multiples of 8 by themselves. */
_Static_assert(sizeof(struct plan) == 352, "as launcher and every runner know it");
_Static_assert(sizeof(struct plan_segment) == 48, "as launcher and every runner know it");
_Static_assert(sizeof(struct plan_import) == 40, "as launcher and every runner know it");
_Static_assert(sizeof(struct plan_provider) == 40,
	       "as launcher and every runner know it");
_Static_assert(sizeof(struct plan_standby) == 24, "as launcher and every runner know it");
_Static_assert(sizeof(struct plan_line) == 16, "as launcher and every runner know it");
_Static_assert(sizeof(struct plan_port) == 48, "as launcher and every runner know it");
_Static_assert(sizeof(struct plan_watched) == 72, "as launcher and every runner know it");

/* Access to a plan that was checked (runner/plan_read.h) or just written. */
static inline const void *plan_at(const struct plan *plan, const struct plan_table *table)
{
	return (const char *)plan + table->offset;
}

static inline const struct plan_segment *plan_segments(const struct plan *plan)
{
	return (const struct plan_segment *)plan_at(plan, &plan->segments);
}

static inline const struct plan_import *plan_imports(const struct plan *plan)
{
	return (const struct plan_import *)plan_at(plan, &plan->imports);
}

static inline const struct plan_standby *plan_standbys(const struct plan *plan)
{
	return (const struct plan_standby *)plan_at(plan, &plan->standbys);
}

/* Functions that the plan names: one for each import, and the standbys. */
static inline size_t plan_function_count(const struct plan *plan)
{
	return (size_t)(plan->imports.count + plan->standbys.count);
}

static inline const struct plan_provider *plan_providers(const struct plan *plan)
{
	return (const struct plan_provider *)plan_at(plan, &plan->providers);
}

static inline const struct plan_line *plan_lines(const struct plan *plan)
{
	return (const struct plan_line *)plan_at(plan, &plan->lines);
}

static inline const struct plan_port *plan_ports(const struct plan *plan)
{
	return (const struct plan_port *)plan_at(plan, &plan->ports);
}

static inline const uint32_t *plan_peers(const struct plan *plan)
{
	return (const uint32_t *)plan_at(plan, &plan->peers);
}

static inline const struct plan_watched *plan_watched(const struct plan *plan)
{
	return (const struct plan_watched *)plan_at(plan, &plan->watched);
}

static inline const uint32_t *plan_places(const struct plan *plan)
{
	return (const uint32_t *)plan_at(plan, &plan->places);
}

/* Whether the runner would take a value for one of its own. */
static inline int plan_is_reserved(uint64_t value)
{
	return (uint32_t)value >= PLAN_PROCESS && (uint32_t)value <= PLAN_GDB;
}

static inline const char *plan_string(const struct plan *plan, uint32_t string)
{
	return (const char *)plan_at(plan, &plan->strings) + string;
}

static inline const char *plan_argument(const struct plan *plan, uint64_t index)
{
	return plan_string(plan,
			   ((const uint32_t *)plan_at(plan, &plan->arguments))[index]);
}

#endif
