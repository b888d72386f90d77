/* The functions of vcpu/hooks.h inside the virtual machine. They run in the guest's
 * place, on its stack; what they cannot do themselves, they ask the host for. */
#include <jumpslot/external_abi.h>

#include "doorbell.h"
#include "inside.h"
#include "ring.h"
#include "vcpu/hooks.h"

struct inside_words inside_words;

void inside_watch_interrupt(const struct jumpslot_interrupt_frame *frame, bool begins);

/* If so, the host looks at what is pending when the function has returned. */
bool vcpu_defer(void)
{
	return inside_words.in_callback;
}

int vcpu_sleep(uint64_t deadline_ns, uint32_t delivered)
{
	struct inside_sleep sleep = {
		.deadline_ns = deadline_ns,
		.delivered = delivered,
	};

	RING(DOORBELL_SLEEP, &sleep);
	return (int)sleep.result;
}

void vcpu_stack_full(uintptr_t pc, uintptr_t sp, size_t bytes)
{
	const struct inside_stack_full full = { pc, sp, bytes };

	RING(DOORBELL_STACK_FULL, &full);
}

bool vcpu_is_guest_code(uintptr_t address)
{
	struct inside_code code = { .address = address };

	RING(DOORBELL_IS_CODE, &code);
	return code.result;
}

void vcpu_clock_acknowledged(void)
{
	if (inside_words.tell_clock)
		RING(DOORBELL_CLOCK, 0);
}

/* Of struct vcpu, if the host traces interrupts. It calls vcpu_enter() itself. */
void inside_watch_interrupt(const struct jumpslot_interrupt_frame *frame, bool begins)
{
	const struct inside_watch watch = { (uintptr_t)frame, begins };

	RING(DOORBELL_WATCH, &watch);
}
