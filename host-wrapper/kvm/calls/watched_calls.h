/*
 * Watched imports of the kvm host (runner/trace). A trapped call is watched where the
 * host serves it. A function that runs inside gets a way through the code inside, which
 * asks the host at its beginning and at its end.
 */
#ifndef JUMPSLOT_KVM_WATCHED_CALLS_H
#define JUMPSLOT_KVM_WATCHED_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "call_frame.h"
#include "common/message.h"
#include "runner/trace/trace_call.h"

/* Prepares runner/trace. `targets`: the addresses to which slots lead, of each function
 * of the plan; it changes those of watched functions that run inside. Returns 0 or a
 * negative errno. */
int watched_calls_prepare(const struct plan *plan, uintptr_t *targets,
			  struct message *message);

/* A watched call in progress; `frame.function` is NULL if it is not watched. */
struct watched_call {
	struct trace_frame frame;
	unsigned vector_bytes;
};

/*
 * A trapped call of `import`, whose registers are in `copy` and whose frame on the
 * guest's stack ends at `end`, below its frame pointer and return address. Returns
 * whether the policy has made the result, in `copy`.
 */
uint32_t watched_call_begin(struct watched_call *call, struct call_copy *copy,
			    uint32_t import, uintptr_t end, unsigned vector_bytes);
void watched_call_end(struct watched_call *call, const struct call_copy *copy);

/* Ends the guest, as the policy denies the call. */
void watched_call_deny(const struct watched_call *call) __attribute__((__noreturn__));

/* 1 + the rule of the policy that delays the call; 0: none does. Async-signal-safe. */
uint32_t watched_call_delayed_by(const struct watched_call *call);

/* The doorbells of a function that runs inside: its frame is at `at`. */
void watched_call_begin_inside(uintptr_t at);
void watched_call_end_inside(uintptr_t at);

/* In a file for each machine: from the gate's registers to the trace's and back. */
void watched_call_fill(struct trace_frame *to, const struct call_copy *from,
		       unsigned vector_bytes);
void watched_call_fill_result(struct trace_frame *to, const struct call_copy *from,
			      unsigned vector_bytes);
void watched_call_make_result(struct call_copy *to, const struct trace_frame *from,
			      unsigned vector_bytes);

#endif
