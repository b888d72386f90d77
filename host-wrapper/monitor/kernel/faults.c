/* From an exception to a fault of the guest, and to what it decides. See faults.h. */
#include "common/code_table_x86.h"
#include "common/outcome.h"
#include "common/privileged.h"
#include "ending.h"
#include "fault_registers.h"
#include "faults.h"
#include "guest_memory.h"
#include "guest_place.h"
#include "health.h"
#include "memory_bytes.h"
#include "restart.h"
#include "signals_guest.h"

/* Exceptions (Intel SDM, volume 3, 6.15). */
enum {
	DIVIDE = 0,
	DEBUG = 1,
	BREAKPOINT = 3,
	UNDEFINED = 6,
	PROTECTION = 13,
	PAGE_FAULT = 14,
	X87 = 16,
	ALIGNMENT_CHECK = 17,
	SIMD = 19,
};

#define PAGE_FAULT_PRESENT 0x1u

/* Flags that a guest may change: arithmetic, TF, DF, NT, RF, AC, ID. */
#define GUEST_FLAGS 0x254dd5u
#define FIXED_FLAGS 0x202u

#define FRAME_ALIGNMENT ((uint64_t)64)

static uint32_t privileged_at(const struct partition *partition, uint64_t pc)
{
	uint8_t code[PRIVILEGED_MAX_SIZE];
	const uint64_t count = guest_memory_readable(partition, pc, sizeof(code));

	guest_memory_read(partition, code, pc, count);
	return privileged_find(code, count, partition->is_64_bit);
}

static bool is_below_stack(const struct partition *partition, uint64_t address)
{
	return address < partition->stack->start &&
	       partition->stack->start - address <= BOOT_STACK_GUARD;
}

static struct guest_cause page_fault(const struct partition *partition, uint64_t address)
{
	const bool is_there = partition->registers.error & PAGE_FAULT_PRESENT;

	return (struct guest_cause){
		.kind = is_below_stack(partition, address) ? JUMPSLOT_FAULT_STACK
							   : JUMPSLOT_FAULT_ADDRESS,
		.signal = GUEST_SIGSEGV,
		.code = is_there ? CODE_NOT_ALLOWED : CODE_NOT_MAPPED,
		.address = address,
		.privileged = PRIVILEGED_NONE,
	};
}

static struct guest_cause simple(uint32_t kind, int signal, int code)
{
	return (struct guest_cause){ kind, signal, code, 0, PRIVILEGED_NONE };
}

static struct guest_cause instruction(const struct partition *partition, uint32_t kind,
				      int signal, int code)
{
	struct guest_cause cause = simple(kind, signal, code);

	cause.privileged = privileged_at(partition, partition->registers.pc);
	if (cause.privileged != PRIVILEGED_NONE)
		cause.kind = JUMPSLOT_FAULT_PRIVILEGED;
	return cause;
}

static struct guest_cause cause_of(const struct partition *partition, uint64_t address)
{
	switch (partition->registers.vector) {
	case DIVIDE:
		return simple(JUMPSLOT_FAULT_DIVISION, GUEST_SIGFPE, CODE_FIRST);
	case DEBUG:
	case BREAKPOINT:
		return simple(JUMPSLOT_FAULT_TRAP, GUEST_SIGTRAP, CODE_FIRST);
	case X87:
	case SIMD:
		return simple(JUMPSLOT_FAULT_FLOAT, GUEST_SIGFPE, CODE_FIRST);
	case UNDEFINED:
		return instruction(partition, JUMPSLOT_FAULT_ILLEGAL, GUEST_SIGILL,
				   CODE_FIRST);
	case PAGE_FAULT:
		return page_fault(partition, address);
	case ALIGNMENT_CHECK:
		return simple(JUMPSLOT_FAULT_ADDRESS, GUEST_SIGBUS, CODE_KERNEL);
	default:
		return instruction(partition, JUMPSLOT_FAULT_ADDRESS, GUEST_SIGSEGV,
				   CODE_KERNEL);
	}
}

static enum boot_error error_of(const struct guest_cause *cause)
{
	switch (cause->kind) {
	case JUMPSLOT_FAULT_DIVISION:
	case JUMPSLOT_FAULT_FLOAT:
		return BOOT_ERROR_ARITHMETIC;
	case JUMPSLOT_FAULT_ILLEGAL:
	case JUMPSLOT_FAULT_PRIVILEGED:
	case JUMPSLOT_FAULT_TRAP:
		return BOOT_ERROR_ILLEGAL;
	case JUMPSLOT_FAULT_STACK:
		return BOOT_ERROR_STACK;
	default:
		return BOOT_ERROR_FAULT;
	}
}

/* Code that accesses its own first byte did not jump there. */
static bool is_jump(const struct partition *partition, uint64_t address)
{
	const uint64_t pc = partition->registers.pc;

	return pc == address && !guest_memory_has_code(partition, pc);
}

/* The report of a fault that nobody handles. */
static void end(struct partition *partition, const struct guest_cause *cause,
		uint32_t handler)
{
	const uint64_t pc = partition->registers.pc;
	const struct boot_range *stop = partition_range(partition, BOOT_RANGE_STOP, pc);
	struct ending_cause ending = {
		.kind = OUTCOME_SIGNAL,
		.signal = cause->signal,
		.code = cause->code,
		.handler = handler,
		.error = error_of(cause),
		.pc = pc,
		.address = cause->address,
		.jumped_from = is_jump(partition, cause->address)
				       ? guest_place_caller(partition)
				       : 0,
	};

	if (cause->privileged != PRIVILEGED_NONE) {
		ending.kind = OUTCOME_PRIVILEGED;
		ending.detail = cause->privileged;
	}
	if (stop && partition->registers.vector == UNDEFINED)
		ending.kind = stop->outcome;
	else if (partition_range(partition, CODE_RETURNING, pc))
		ending.kind = OUTCOME_FRAME;
	ending_fault(partition, &ending);
}

static uint64_t frame_address(const struct partition *partition)
{
	return (partition->fault_stack->end - sizeof(struct jumpslot_fault)) &
	       ~(FRAME_ALIGNMENT - 1);
}

static bool is_on_fault_stack(const struct partition *partition, uint64_t sp)
{
	return sp >= partition->fault_stack->start - BOOT_FAULT_GUARD &&
	       sp <= partition->fault_stack->end;
}

static struct jumpslot_fault describe(const struct partition *partition,
				      const struct guest_cause *cause)
{
	struct jumpslot_fault fault = fault_registers(&partition->registers);

	fault.kind = cause->kind;
	fault.level = partition->state ? partition->state->level : 0;
	fault.address = cause->address;
	return fault;
}

/* Whether the guest retried, and is at the same instruction with the same registers. */
static bool is_unchanged(const struct partition *partition,
			 const struct jumpslot_fault *now)
{
	const size_t registers = offsetof(struct jumpslot_fault, pc);
	struct jumpslot_fault left = partition->left;

	left.flags = (left.flags & ~(uint64_t)FLAGS_TRANSIENT) |
		     (now->flags & FLAGS_TRANSIENT);
	return left.decision == JUMPSLOT_FAULT_RETRY && left.address == now->address &&
	       !memcmp((const char *)&left + registers, (const char *)now + registers,
		       sizeof(left) - registers);
}

/* While the handler runs, the limit is the one of its stack. */
static void enter_level(struct partition *partition)
{
	if (!partition->state)
		return;
	partition->state->level = 1;
	partition->stack_limit = partition->state->stack_limit;
	if (partition->stack_limit)
		partition->state->stack_limit = partition->fault_stack->start;
}

/* The handler may have set another one, for the stack where the guest continues. */
static void restore_limit(struct partition *partition)
{
	if (partition->state && partition->stack_limit &&
	    partition->state->stack_limit == partition->fault_stack->start)
		partition->state->stack_limit = partition->stack_limit;
}

static void enter_handler(struct partition *partition)
{
	const uint64_t frame = frame_address(partition);
	struct trap_frame *registers = &partition->registers;

	guest_memory_write(partition, frame, &partition->found, sizeof(partition->found));
	xstate_save(&partition->fault_xstate);
	xstate_load_initial();
	enter_level(partition);
	registers->general.ax = partition->fault_handler;
	registers->general.bx = frame;
	registers->general.di = partition->is_64_bit ? frame : registers->general.di;
	registers->general.bp = 0;
	registers->sp = frame;
	registers->flags = X86_FLAGS_DEFAULT;
	registers->pc = partition->record->runtime.fault_call;
}

static void handle(struct partition *partition, const struct guest_cause *cause)
{
	const struct jumpslot_fault now = describe(partition, cause);
	const struct health_error error = { error_of(cause), now.pc, now.address };
	const bool has_handler = partition->fault_handler;

	partition->retries = is_unchanged(partition, &now) ? partition->retries + 1 : 0;
	partition->found = now;
	partition->cause = *cause;
	if (has_handler && is_on_fault_stack(partition, now.sp))
		end(partition, cause, OUTCOME_HANDLER_FAULTED);
	else if (has_handler && partition->retries == JUMPSLOT_FAULT_RETRIES)
		end(partition, cause, OUTCOME_HANDLER_RETRIED);
	else if (has_handler && health_asks_guest(partition, &error))
		enter_handler(partition);
	else
		end(partition, cause, OUTCOME_HANDLER_NONE);
}

static void set_registers(struct trap_frame *to, const struct jumpslot_fault *from)
{
	to->general = (struct general_registers){
		.ax = from->ax,
		.cx = from->cx,
		.dx = from->dx,
		.si = from->si,
		.di = from->di,
		.bp = from->bp,
		.r8 = from->r8,
		.r9 = from->r9,
		.r10 = from->r10,
		.r11 = from->r11,
		.r12 = from->r12,
		.r13 = from->r13,
		.r14 = from->r14,
		.r15 = from->r15,
		.bx = from->bx,
	};
	to->pc = from->pc;
	to->sp = from->sp;
	to->flags = (from->flags & GUEST_FLAGS) | FIXED_FLAGS;
}

/* With four levels of page tables. */
static bool is_canonical(uint64_t address)
{
	return (uint64_t)((int64_t)(address << 16) >> 16) == address;
}

/* The kernel cannot continue at an address that is not canonical: IRETQ itself would
 * fault. So the guest has the fault that a jump to it gives. */
static void refuse_to_continue(struct partition *partition)
{
	const struct guest_cause nowhere =
		simple(JUMPSLOT_FAULT_ADDRESS, GUEST_SIGSEGV, CODE_KERNEL);

	partition->registers.vector = PROTECTION;
	partition->registers.error = 0;
	handle(partition, &nowhere);
}

static void retry(struct partition *partition)
{
	set_registers(&partition->registers, &partition->left);
	xstate_load(&partition->fault_xstate);
	if (partition->state)
		partition->state->level = partition->left.level;
	if (!partition->is_64_bit) {
		partition->registers.pc = (uint32_t)partition->registers.pc;
		partition->registers.sp = (uint32_t)partition->registers.sp;
	}
	if (!is_canonical(partition->registers.pc))
		refuse_to_continue(partition);
}

static void report_found(struct partition *partition)
{
	set_registers(&partition->registers, &partition->found);
	end(partition, &partition->cause, OUTCOME_HANDLER_NONE);
}

static void decide(struct partition *partition)
{
	const uint64_t frame = frame_address(partition);

	guest_memory_read(partition, &partition->left, frame, sizeof(partition->left));
	restore_limit(partition);
	switch (partition->left.decision) {
	case JUMPSLOT_FAULT_RETRY:
		retry(partition);
		break;
	case JUMPSLOT_FAULT_STOP:
		ending_status(partition, partition->left.status);
		break;
	case JUMPSLOT_FAULT_RESTART_COLD:
	case JUMPSLOT_FAULT_RESTART_WARM:
		restart_begin(partition,
			      partition->left.decision == JUMPSLOT_FAULT_RESTART_WARM);
		break;
	default:
		report_found(partition);
	}
}

static bool has_handler_returned(const struct partition *partition)
{
	return partition->registers.vector == UNDEFINED &&
	       partition_range(partition, CODE_RETURNED, partition->registers.pc);
}

/* It has to return on its own stack, with the frame where it was. */
static bool is_in_order(const struct partition *partition)
{
	const uint64_t frame = frame_address(partition);

	return partition->fault_handler && partition->registers.sp == frame &&
	       partition->registers.general.bx == frame;
}

void faults_exception(struct partition *partition, uint64_t address)
{
	struct guest_cause cause;

	if (has_handler_returned(partition) && is_in_order(partition)) {
		decide(partition);
		return;
	}
	cause = cause_of(partition, address);
	if (has_handler_returned(partition))
		end(partition, &cause, OUTCOME_HANDLER_ORDER);
	else
		handle(partition, &cause);
}

void faults_bad_arguments(struct partition *partition, uint64_t pc, uint64_t address)
{
	partition->registers.vector = PAGE_FAULT;
	partition->registers.error = 0;
	partition->registers.pc = pc;
	faults_exception(partition, address);
}

void faults_foreign_call(struct partition *partition, uint64_t pc)
{
	partition->registers.vector = PROTECTION;
	partition->registers.error = 0;
	partition->registers.pc = pc;
	faults_exception(partition, 0);
}
