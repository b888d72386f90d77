/* Fills in a struct outcome and prints it. See ending.h. */
#include "common/outcome.h"
#include "console_lines.h"
#include "ending.h"
#include "fault_registers.h"
#include "guest_memory.h"
#include "guest_place.h"
#include "health.h"
#include "log.h"
#include "memory_bytes.h"
#include "signals_guest.h"

static void end_line(const struct partition *partition, int signal, int status,
		     const struct outcome *outcome)
{
	log_text("end ");
	log_number(partition->number);
	log_text(" ");
	log_number((unsigned)signal);
	log_text(" ");
	log_number((unsigned)status);
	log_text(" ");
	log_bytes(outcome, sizeof(*outcome));
	log_end_of_line();
}

static void copy_state(struct outcome *outcome, const struct partition *partition)
{
	if (partition->state)
		memcpy(&outcome->vcpu, (const void *)partition->state,
		       sizeof(outcome->vcpu));
}

/* "restarts PARTITION COUNT ", before the partition's last line. */
static void restarts_line(const struct partition *partition)
{
	if (!partition->restarts)
		return;
	log_text("restarts ");
	log_number(partition->number);
	log_text(" ");
	log_number(partition->restarts);
	log_text(" ");
	log_end_of_line();
}

static void set_ended(struct partition *partition)
{
	restarts_line(partition);
	console_lines_end(partition);
	partition->phase = PARTITION_ENDED;
}

void ending_status(struct partition *partition, int status)
{
	const struct outcome outcome = { .kind = OUTCOME_NONE };
	const struct health_error error = {
		.error = BOOT_ERROR_EXIT,
		.pc = partition->registers.pc,
	};

	if (status & 0xff && !health_ends(partition, &error))
		return;
	set_ended(partition);
	end_line(partition, 0, status & 0xff, &outcome);
}

void ending_halted(struct partition *partition)
{
	set_ended(partition);
	log_text("halt ");
	log_number(partition->number);
	log_text(" ");
	log_end_of_line();
}

void ending_fault(struct partition *partition, const struct ending_cause *cause)
{
	struct outcome outcome = {
		.kind = cause->kind,
		.signal = cause->signal,
		.code = cause->code,
		.detail = cause->detail,
		.handler = cause->handler,
		.pc = cause->pc,
		.address = cause->address,
		.jumped_from = cause->jumped_from,
		.base = partition->record->base,
		.stack_low = partition->stack->start,
		.stack_guard = BOOT_STACK_GUARD,
		.host_import = OUTCOME_NO_IMPORT,
		.last_import = OUTCOME_NO_IMPORT,
	};
	const struct health_error error = { cause->error, cause->pc, cause->address };

	if (!health_ends(partition, &error))
		return;
	copy_state(&outcome, partition);
	outcome.registers = fault_registers(&partition->registers);
	set_ended(partition);
	end_line(partition, cause->signal, 0, &outcome);
}

void ending_by(struct partition *partition, uint32_t kind, uint32_t detail)
{
	const struct ending_cause cause = {
		.kind = kind,
		.signal = GUEST_SIGSEGV,
		.code = CODE_KERNEL,
		.detail = detail,
		.error = BOOT_ERROR_STACK,
		.pc = partition->registers.pc,
	};

	ending_fault(partition, &cause);
}

void ending_stack_full(struct partition *partition, uint64_t pc, uint64_t sp,
		       uint64_t bytes)
{
	const struct ending_cause cause = {
		.kind = OUTCOME_TASK_STACK,
		.signal = GUEST_SIGSEGV,
		.code = CODE_KERNEL,
		.detail = (uint32_t)bytes,
		.error = BOOT_ERROR_STACK,
		.pc = pc,
		.address = sp,
		.jumped_from = guest_memory_has_code(partition, pc)
				       ? 0
				       : guest_place_near(partition, sp),
	};

	ending_fault(partition, &cause);
}
