/* From the gate's frame to the host function and back. See calls.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <jumpslot/provider.h>

#include "call_frame.h"
#include "callback_result.h"
#include "calls.h"
#include "common/outcome.h"
#include "common/page.h"
#include "common/plan.h"
#include "host_call.h"
#include "kvm/faults/end.h"
#include "kvm/inside/block.h"
#include "kvm/interrupts/kick.h"
#include "kvm/loop.h"
#include "kvm/machine/features_x86.h"
#include "runner/current.h"
#include "runner/plan_read.h"
#include "watched_calls.h"

/* Arguments whose number is not known: as many bytes, or what the stack has left. */
#define UNKNOWN_BYTES ((size_t)128 << 10)

/* A host function, in the plan's order: one for each import, and the standbys. */
struct function {
	uintptr_t address; /* 0: it is missing */
	uint32_t import;
	uint32_t carry; /* PLAN_TRAP and so on */
	uint32_t stack_bytes;
};

/* A host function in progress. */
struct record {
	const struct function *function;
	uintptr_t frame; /* in the guest's memory */
	size_t size;	 /* of the frame */
	struct record *outer;
	struct watched_call watched;
	uintptr_t cookie_at; /* while a callback runs: a word below the frame */
	uintptr_t host_sp;   /* the call is below it on the host's stack */
};

/* Of the host's stack, that a call takes: records have memory of their own, so that one
 * which longjmp() left can still be described. */
#define LEAST_CALL_BYTES 512

static struct {
	struct function *functions;
	struct record *records;
	struct record *top; /* the innermost; NULL: none */
	uint32_t last;	    /* import of the last call */
	uint64_t guest_mask;
	uint64_t host_mask;
} calls = { .last = OUTCOME_NO_IMPORT };

/* For the assembly of callbacks: bytes of a vector register. */
uint32_t callback_vector_bytes __attribute__((__visibility__("hidden"))) = 16;

static uint32_t vector_bytes(const struct function *function)
{
	return function->carry & PLAN_WIDE ? callback_vector_bytes : 16;
}

static host_call *call_for(const struct function *function)
{
	switch (vector_bytes(function)) {
	case 32:
		return host_call_avx;
	case 64:
		return host_call_avx3;
	}
	return host_call_sse;
}

static int map_records(uint64_t stack_bytes, struct message *message)
{
	const size_t count = (size_t)(stack_bytes / LEAST_CALL_BYTES) + 1;

	calls.records = mmap(NULL, count * sizeof(*calls.records), PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (calls.records == MAP_FAILED)
		return fail(message, errno, "no memory for calls: %s", strerror(errno));
	return 0;
}

static void fill_functions(const struct plan *plan, const uintptr_t *addresses)
{
	const struct plan_import *imports = plan_imports(plan);
	const struct plan_standby *standbys = plan_standbys(plan);
	struct function *to = calls.functions;

	for (uint32_t i = 0; i < plan->imports.count; i++)
		*to++ = (struct function){ *addresses++, i, imports[i].carry,
					   imports[i].stack_bytes };
	for (uint32_t i = 0; i < plan->standbys.count; i++)
		*to++ = (struct function){ *addresses++, standbys[i].import,
					   standbys[i].carry, standbys[i].stack_bytes };
}

int calls_prepare(const struct plan *plan, const uintptr_t *addresses,
		  struct message *message)
{
	const size_t count = plan_function_count(plan);

	calls.functions = calloc(count + 1, sizeof(*calls.functions));
	if (!calls.functions)
		return fail(message, ENOMEM, "out of memory");
	fill_functions(plan, addresses);
	for (size_t i = 0; i < count; i++) {
		const struct function *function = &calls.functions[i];
		const char *name =
			plan_string(plan, plan_imports(plan)[function->import].name);

		if (function->address && (function->carry & PLAN_CARRY_MASK) < PLAN_TRAP)
			return fail(message, EINVAL, "plan: %s: carry 0x%x is not KVM's",
				    name, function->carry);
	}
	callback_vector_bytes = features_vector_bytes();
	return map_records(plan->host_stack_size, message);
}

size_t calls_frame_size(void)
{
	return sizeof(struct call_copy) + 2 * sizeof(uintptr_t);
}

/* Returns the previous mask. Not libc's, which would keep its own signals out of it. */
static uint64_t set_mask(uint64_t mask)
{
	uint64_t old;

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, &old, sizeof(mask));
	return old;
}

void calls_start(void)
{
	calls.guest_mask = set_mask(0);
	set_mask(calls.guest_mask);
	calls.host_mask = calls.guest_mask;
}

/* The guest's mask of signals, in which interrupts arrive, and the host functions' mask
 * change places. A provider may have changed the latter. */
static void to_host(const struct record *record)
{
	const uint64_t blocked =
		record->function->carry & PLAN_BLOCKING ? 1ull << (KICK_SIGNAL - 1) : 0;

	if ((calls.host_mask | blocked) != calls.guest_mask)
		set_mask(calls.host_mask | blocked);
}

static void to_guest(const struct record *record)
{
	const uint64_t blocked =
		record->function->carry & PLAN_BLOCKING ? 1ull << (KICK_SIGNAL - 1) : 0;
	const uint64_t old = set_mask(calls.guest_mask);

	calls.host_mask = (old & ~blocked) | (calls.host_mask & blocked);
}

bool calls_in_progress(void)
{
	return calls.top;
}

bool calls_in_guest(void)
{
	return !calls.top || calls.top->cookie_at;
}

/* An upper bound of the bytes of stack arguments. */
static size_t stack_bytes(const struct record *record, uintptr_t stack)
{
	const struct guest_region *region = current_region(stack);
	size_t bytes = record->function->stack_bytes;

	if ((record->function->carry & PLAN_CARRY_MASK) == PLAN_TRAP_STACK)
		bytes = UNKNOWN_BYTES;
	if (!region || !(region->access & JUMPSLOT_READ))
		return 0;
	return bytes < region->end - stack ? bytes : region->end - stack;
}

/* Ends the guest for a broken promise about calls, as a stop in the gate would. `pc`: 0:
 * where the guest is. */
static void __attribute__((__noreturn__)) end_at(uint32_t kind, uintptr_t pc)
{
	end_by(&(struct end_cause){
		.kind = kind, .signal = SIGILL, .code = ILL_ILLOPN, .pc = pc });
}

/* Of stack arguments. Their number is not known where one is aligned to more than 64. */
static size_t alignment(const struct function *function)
{
	return (function->carry & PLAN_CARRY_MASK) == PLAN_TRAP_STACK ? PAGE : 64;
}

/* Where the guest called from; 0 if that cannot be read. */
static uintptr_t caller_of(uintptr_t frame, size_t size)
{
	uintptr_t words[2]; /* frame pointer and return address */

	return jumpslot_guest_copy_in(words, (void *)(frame + size), sizeof(words))
		       ? 0
		       : words[1];
}

/* A call from guest code that a host function called: the word below that function's
 * frame is intact and outside of this call, or the guest has left the callback by
 * longjmp(). */
static void check_callback(const struct record *record)
{
	const struct record *outer = record->outer;
	uintptr_t cookie;

	if (!outer)
		return;
	if (jumpslot_guest_copy_in(&cookie, (void *)outer->cookie_at, sizeof(cookie)) ||
	    cookie != (uintptr_t)outer ||
	    (record->frame + record->size > outer->cookie_at &&
	     record->frame <= outer->frame + outer->size))
		end_at(OUTCOME_CALLBACK_LEFT, caller_of(record->frame, record->size));
}

/* Finds the import by the frame's index, and the frame's size by the import. */
static void open_record(struct record *record, uintptr_t at)
{
	struct call_frame frame;

	if (jumpslot_guest_copy_in(&frame, (void *)at, sizeof(frame)) ||
	    frame.index >= plan_function_count(current->plan) ||
	    !calls.functions[frame.index].address)
		end_by_doorbell(at);
	*record = (struct record){
		.function = &calls.functions[frame.index],
		.frame = at,
		.outer = calls.top,
	};
	record->size =
		sizeof(frame) + CALL_VECTOR_REGISTERS * vector_bytes(record->function);
	if (jumpslot_guest_range((void *)at, record->size,
				 JUMPSLOT_READ | JUMPSLOT_WRITE))
		end_by_doorbell(at);
	check_callback(record);
}

/* Calls the host function, with its arguments on the guest's stack at `stack`. */
static void run_record(struct record *record, struct call_copy *copy, uintptr_t stack)
{
	const struct function *function = record->function;

	record->host_sp = (uintptr_t)__builtin_frame_address(0);
	if (!(function->carry & PLAN_LEAF))
		calls.last = function->import;
	to_host(record);
	call_for(function)(copy, function->address, (void *)stack,
			   stack_bytes(record, stack), alignment(function));
	if (calls.top != record)
		end_at(OUTCOME_HOST_ORDER, caller_of(record->frame, record->size));
	to_guest(record);
}

void calls_serve(uintptr_t at)
{
	struct record *record = calls.top ? calls.top + 1 : calls.records;
	struct call_copy copy;
	uint32_t action;
	uintptr_t end;

	open_record(record, at);
	end = at + record->size;
	record->host_sp = (uintptr_t)__builtin_frame_address(0);
	calls.top = record;
	memcpy(&copy, (void *)at, record->size);
	action = watched_call_begin(&record->watched, &copy, record->function->import,
				    end, vector_bytes(record->function));
	if (action == PLAN_ACTION_DENY) {
		calls.top = record->outer;
		watched_call_deny(&record->watched);
	}
	if (action != PLAN_ACTION_FAIL) {
		run_record(record, &copy, end + 2 * sizeof(uintptr_t));
		watched_call_end(&record->watched, &copy);
	}
	calls.top = record->outer;
	copy.frame.next = 0;
	memcpy((void *)at, &copy, record->size);
}

void calls_end_out_of_order(void)
{
	end_at(OUTCOME_HOST_ORDER, 0);
}

/* The record of the host function that is running, on the thread that it runs on. */
static struct record *running(void)
{
	/* Above its caller on the host's stack: longjmp() left the caller. */
	if (kick_is_own_thread() && calls.top &&
	    (uintptr_t)__builtin_frame_address(0) > calls.top->host_sp)
		end_at(OUTCOME_HOST_ORDER, 0);
	if (!kick_is_own_thread() || !calls.top || calls.top->cookie_at ||
	    calls.top->function->carry & PLAN_LEAF)
		end_at(OUTCOME_CALLBACK_PLACE, 0);
	return calls.top;
}

/* A callback's parts on the guest's stack, from high to low: the cookie, the registers,
 * a result in memory that the caller wants in its own, and arguments. */
struct callback {
	struct record *record;
	const struct jumpslot_callee *callee;
	uintptr_t frame;
	uintptr_t result;
	uintptr_t sp;
	uintptr_t host_result; /* where the caller wants it */
};

static size_t copy_size(void)
{
	return sizeof(struct call_frame) +
	       CALL_VECTOR_REGISTERS * (size_t)callback_vector_bytes;
}

static uintptr_t below(uintptr_t address, size_t bytes)
{
	return (address - bytes) & ~(uintptr_t)(CALL_LARGEST_VECTOR - 1);
}

static void place(struct callback *callback)
{
	const uintptr_t cookie = callback->record->frame - sizeof(uintptr_t);

	callback->frame = below(cookie, copy_size());
	callback->result = below(callback->frame, callback->callee->result_bytes);
	callback->sp = below(callback->result, callback->callee->stack_bytes);
	if (callback->sp > cookie ||
	    jumpslot_guest_range((void *)callback->sp,
				 callback->record->frame - callback->sp,
				 JUMPSLOT_READ | JUMPSLOT_WRITE))
		end_by(&(struct end_cause){ .kind = OUTCOME_SIGNAL,
					    .signal = SIGSEGV,
					    .code = SEGV_ACCERR,
					    .address = callback->sp });
}

/* Writes to the guest's stack; `place` has checked it. */
static void enter_callback(struct callback *callback, struct call_copy *copy,
			   const void *arguments)
{
	struct record *record = callback->record;

	copy->frame.next = callback->sp;
	copy->frame.target = (uintptr_t)callback->callee->function;
	copy->frame.index = record->frame;
	copy->frame.x87 = callback_vector_bytes;
	/* No word of the host's stack goes to the guest. */
	copy->frame.popped = 0;
	copy->frame.r10 = copy->frame.saved = copy->frame.returns = 0;
	memset(copy->frame.st, 0, sizeof(copy->frame.st));
	memcpy((void *)callback->sp, arguments, callback->callee->stack_bytes);
	if (callback->callee->result_bytes)
		callback->host_result = callback_result_place(
			copy, (uintptr_t *)callback->sp, callback->result);
	memcpy((void *)callback->frame, copy, copy_size());
	((struct call_frame *)record->frame)->next = callback->frame;
	record->cookie_at = record->frame - sizeof(uintptr_t);
	*(struct record **)record->cookie_at = record;
	block_words()->in_callback = 1;
	to_guest(record);
}

static void leave_callback(struct callback *callback, struct call_copy *copy)
{
	struct record *record = callback->record;
	const size_t bytes = callback->callee->result_bytes;

	to_host(record);
	block_words()->in_callback = record->outer != NULL;
	record->cookie_at = 0;
	memcpy(copy, (void *)callback->frame, copy_size());
	copy->frame.popped = 0; /* in the host, its own compiler decides */
	if (!bytes)
		return;
	memcpy((void *)callback->host_result, (void *)callback->result, bytes);
	callback_result_return(copy, callback->host_result);
}

void callback_run(struct call_copy *copy, const struct jumpslot_callee *callee,
		  const void *arguments) __attribute__((__visibility__("hidden")));

/* Called by jumpslot_guest_entry: `copy` has the registers of the call, and gets those of
 * the result. */
void callback_run(struct call_copy *copy, const struct jumpslot_callee *callee,
		  const void *arguments)
{
	const int host_errno = errno;
	struct callback callback = { .record = running(), .callee = callee };

	place(&callback);
	enter_callback(&callback, copy, arguments);
	loop_run();
	leave_callback(&callback, copy);
	errno = host_errno;
}

void calls_end_callback(uintptr_t frame)
{
	if (!calls.top || !calls.top->cookie_at || calls.top->frame != frame)
		end_at(OUTCOME_CALLBACK_ORDER, 0);
}

void calls_forget(void)
{
	calls.top = NULL;
}

void calls_end(void)
{
	if (calls.top)
		end_at(OUTCOME_HOST_LEFT, 0);
}

/* The guest is at the call of the host function. */
static void describe_caller(struct outcome *outcome, const struct record *record)
{
	const uintptr_t words = record->frame + record->size;

	outcome->host_import = record->function->import;
	outcome->host_caller = caller_of(record->frame, record->size);
	if (record->cookie_at)
		return;
	outcome->guest_pc = outcome->host_caller;
	outcome->guest_sp = words + 2 * sizeof(uintptr_t);
	outcome->guest_bp = *(const uintptr_t *)words;
}

/* Functions that a provider calls direct are not described unless they are watched, as in
 * the process host. */
static const struct record *described(void)
{
	const struct record *record = calls.top;

	while (record && record->function->carry & PLAN_LEAF &&
	       !record->watched.frame.function)
		record = record->outer;
	return record;
}

void calls_describe(struct outcome *outcome)
{
	const struct record *record = described();

	outcome->last_import = calls.last;
	outcome->host_import = OUTCOME_NO_IMPORT;
	if (!record)
		return;
	describe_caller(outcome, record);
	if (outcome->kind == OUTCOME_SIGNAL)
		outcome->detail = watched_call_delayed_by(&record->watched);
	for (; record; record = record->outer)
		outcome->callbacks += record->cookie_at != 0;
}
