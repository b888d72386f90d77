/*
 * The report of a dying runner to its supervisor, in a file that both map. The runner's
 * signal handler fills it in. The guest could write there too, so the supervisor does not
 * trust it: it prints numbers, checks every index, and says in reports that all of it is
 * the runner's word.
 * Depends on external_abi.h and abi/fault.h alone.
 */
#ifndef JUMPSLOT_OUTCOME_H
#define JUMPSLOT_OUTCOME_H

#include <stdint.h>

#include <jumpslot/abi/fault.h>
#include <jumpslot/external_abi.h>

enum outcome_kind {
	OUTCOME_NONE,
	OUTCOME_SIGNAL,	    /* a fault at `pc`; `detail`: 1 + the rule of the policy that
			       delays `host_import`, or 0 */
	OUTCOME_UNPROVIDED, /* import `detail` was called from `pc`: no provider has it */
	OUTCOME_BAD_ENTRY,  /* the resolver was given `address`, not a table entry */
	OUTCOME_FILE_CUT,   /* the guest's file ends before `address` by now */
	OUTCOME_HOST_STACK, /* a host function had no more room on the host's stack */
	OUTCOME_HOST_ORDER, /* a host function returned that was not the innermost */
	OUTCOME_CALLBACK_ORDER, /* a callback returned that was not the innermost */
	OUTCOME_CALLBACK_LEFT, /* the guest called from `pc`, but has left its callback */
	OUTCOME_CALLBACK_PLACE, /* a callback from anywhere but a gated function */
	OUTCOME_HOST_LEFT, /* the guest's entry returned, but a host function has not */
	OUTCOME_INTERRUPT_STACK, /* no room for the frame of vector `detail` at `pc` */
	OUTCOME_TASK_STACK, /* a frame of `detail` bytes below stack pointer `address`, at
			       `pc`, is more than vcpu.stack_limit allows */
	OUTCOME_INTERRUPT_ORDER, /* an interrupt handler returned with another stack */
	OUTCOME_FRAME,		 /* a fault in the return from an interrupt handler */
	OUTCOME_PRIVILEGED,	 /* a fault by instruction `detail` of privileged.h */
	OUTCOME_SYSCALL,  /* system call `detail` of ABI `address` (AUDIT_ARCH_*) is not
			     allowed */
	OUTCOME_SEGMENTS, /* the guest changed segment registers: `detail`, OUTCOME_FS and
			     so on */
	OUTCOME_DENIED,	  /* rule `address` of the policy denied a call of import `detail`
			     from   `pc` */
	OUTCOME_RESTART_COLD, /* no fault: the guest is to start again, */
	OUTCOME_RESTART_WARM, /* and with the contents of its work area */
	OUTCOME_REFUSED,      /* the guest has not started: the reason is in the file */
	OUTCOME_HOST_EXIT,    /* a host function called exit() */
};

/* The progress of a run. A process that exits before OUTCOME_ENDED, or with another
 * status, was not ended by the guest. */
enum outcome_phase {
	OUTCOME_STARTING,
	OUTCOME_RUNNING,
	OUTCOME_ENDED, /* with `status` */
};

#define OUTCOME_NO_IMPORT UINT32_MAX

/* Segment registers, which are the host's. */
#define OUTCOME_FS 0x1
#define OUTCOME_GS 0x2
#define OUTCOME_DS 0x4
#define OUTCOME_ES 0x8

/* The part of the guest's own fault handler. */
enum outcome_handler {
	OUTCOME_HANDLER_NONE,
	OUTCOME_HANDLER_FAULTED, /* the fault is its own */
	OUTCOME_HANDLER_RETRIED, /* it retried JUMPSLOT_FAULT_RETRIES times, to no avail
				  */
	OUTCOME_HANDLER_ORDER, /* it returned with another stack, or over a host function
				*/
};

struct outcome {
	uint32_t kind;
	int32_t signal;
	int32_t code;	 /* siginfo's si_code */
	uint32_t detail; /* an import, a vector and so on, as `kind` says */
	uint64_t pc;
	uint64_t address;     /* that was accessed, or as `kind` says */
	uint64_t base;	      /* what was added to the image's addresses */
	uint64_t stack_low;   /* where the initial stack ends */
	uint64_t stack_guard; /* and how many bytes below it stay unmapped */
	uint64_t host_caller; /* what called the innermost gated function */
	uint32_t host_import; /* which function that is, or OUTCOME_NO_IMPORT */
	uint32_t callbacks;   /* how many there are below it */
	uint32_t handler;     /* OUTCOME_HANDLER_* */
	uint32_t provider; /* 1 + index of the provider that is being loaded; 0: none */
	uint64_t jumped_from;  /* return address in the guest of a jump to `pc`, or 0 */
	uint64_t vcpu_address; /* where the running guest has its state; 0: it has none */
	struct jumpslot_vcpu_state vcpu; /* that state at the end, if it has one */
	uint64_t blocked; /* restart: bit n: signal n was pending and blocked */
	struct jumpslot_fault registers; /* general registers at the end */
	uint64_t guest_pc; /* where guest code is: as in `registers`, or where it */
	uint64_t guest_sp; /* called the host function, with that call's stack */
	uint64_t guest_bp;
	uint64_t stack_start; /* of the part of the guest's stack that is in the file */
	uint32_t stack_size;
	uint32_t last_import; /* gated function of the last call, or OUTCOME_NO_IMPORT */
	uint16_t phase;	      /* OUTCOME_STARTING and so on */
	uint16_t is_access;   /* the code at `pc` was there, and accessed `address` */
	int32_t status;
};

_Static_assert(sizeof(struct outcome) == 384, "as launcher and every runner know it");

/* The guest's wrong uses of ports, at this offset of the file, after the outcome. */
struct outcome_ports {
	uint32_t count;	    /* of wrong uses; 0: the rest is not set */
	uint32_t error;	    /* of the first: ENOENT or EPERM */
	uint64_t time_ns;   /* on the guest's clock */
	uint32_t direction; /* that the guest wanted: enum channel_direction */
	char name[36];	    /* of the port, with a NUL */
};

#define OUTCOME_PORTS_OFFSET 2048

_Static_assert(sizeof(struct outcome) <= OUTCOME_PORTS_OFFSET, "they do not overlap");

static inline struct outcome_ports *outcome_ports(const struct outcome *outcome)
{
	return (struct outcome_ports *)((uintptr_t)outcome + OUTCOME_PORTS_OFFSET);
}

/* The file: the outcome, and at this offset the copied part of the stack; or, if the
 * runner refused, the reason, a text of at most this many bytes with its NUL. */
#define OUTCOME_REASON_MAX   1024
#define OUTCOME_STACK_OFFSET 4096
#define OUTCOME_STACK_MAX    65536
#define OUTCOME_FILE_SIZE    (OUTCOME_STACK_OFFSET + OUTCOME_STACK_MAX)

#endif
