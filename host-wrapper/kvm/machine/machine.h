/*
 * The virtual machine and its one processor: the only place that talks to /dev/kvm. All
 * functions are for the guest's thread. A failure after the start ends the runner with a
 * line, as it can only be a mistake of the host or the kernel.
 */
#ifndef JUMPSLOT_MACHINE_H
#define JUMPSLOT_MACHINE_H

#include <linux/kvm.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/message.h"
#include "vcpu/registers.h"

/* Opens /dev/kvm and makes a machine without memory. Returns 0, or a negative errno and a
 * line that says what is missing. */
int machine_open(struct message *message);

/* Gives it memory: `size` bytes at `host` become the guest-physical `address`. */
int machine_add_memory(uint64_t address, uintptr_t host, uint64_t size,
		       struct message *message);

/* Sets the processor's mode, and the tables at these addresses, for user code. */
struct machine_tables {
	uint64_t top;		/* guest-physical: of the page tables */
	uint64_t gdt, tss, idt; /* virtual */
};
int machine_start(const struct machine_tables *tables, struct message *message);

/* Closes what the running machine does not need. */
void machine_close_rest(void);

/* The processor's descriptor, the only one of KVM that is open while the guest runs. */
int machine_descriptor(void);

/* Why the processor stopped. */
enum machine_exit {
	MACHINE_DOORBELL,
	MACHINE_HALT, /* an exception, at its handler */
	MACHINE_KICKED,
	MACHINE_NO_MEMORY, /* the kernel cannot give the memory of a page */
	MACHINE_MISUSE, /* the doorbells' page was read, or not written as a doorbell */
	MACHINE_OTHER,	/* see machine_describe() */
};

struct machine_stop {
	enum machine_exit exit;
	uint64_t doorbell; /* offset in its page */
	uint64_t value;
};

/* Runs guest code. `look` runs before, after the flag that machine_kick() sets was
 * cleared, so no kick is lost. */
struct machine_stop machine_run(void (*look)(void));

/* Makes a machine_run() on this thread stop, now or when it starts. Async-signal-safe. */
void machine_kick(void);

/* General registers of the guest. Before a change, whatever the last exit left open is
 * completed. machine_get() is async-signal-safe. */
void machine_get(struct registers *registers);
void machine_set(const struct registers *registers);

/* The same as machine_get(); and where the processor is, which may be in a handler,
 * beyond the addresses of i386. */
struct machine_place {
	uint64_t pc, sp;
};
struct machine_place machine_get_place(struct registers *registers);

/* Whether an exception of the guest is on its way: its handler has not halted yet, or the
 * kernel will raise it at the next entry. The guest's place must not change before. */
bool machine_has_exception(const struct machine_place *place);

/* Back to user code, after an exception. */
void machine_set_user_mode(void);

/* Vector and x87 registers, of machine_vectors_size() bytes, in XSAVE's format. */
size_t machine_vectors_size(void);
void machine_get_vectors(void *to);
void machine_set_vectors(const void *from);

/* The address of a page fault. */
uint64_t machine_fault_address(void);

/* x87's status word, and MXCSR. */
void machine_get_float(uint16_t *status, uint32_t *mxcsr);

/* Debug registers: addresses, and DR7. Setting them clears what was hit. */
#define MACHINE_WATCHES 4
struct machine_watches {
	uint64_t addresses[MACHINE_WATCHES];
	uint64_t control;
};
void machine_watch(const struct machine_watches *watches);

/* A bit for each register that the last debug exception is for; clears them. */
unsigned machine_take_watch_hits(void);

/* The calls that these two make, for JUMPSLOT_STATE(). */
#define MACHINE_ALLOW_WATCHING                                                           \
	MACHINE_ALLOW_IOCTL(KVM_GET_DEBUGREGS), MACHINE_ALLOW_IOCTL(KVM_SET_DEBUGREGS)
#define MACHINE_ALLOW_IOCTL(request)                                                     \
	JUMPSLOT_ALLOW_IF("ioctl", JUMPSLOT_ARG_IS(0, JUMPSLOT_CHECK_VCPU),              \
			  JUMPSLOT_ARG(1, request))

/* A line about the last exit. */
void machine_describe(struct message *message);

#endif
