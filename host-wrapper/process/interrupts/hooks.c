/* The functions of vcpu/hooks.h for the process host. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <jumpslot/provider.h>

#include "kick.h"
#include "process/calls/gate.h"
#include "runner/current.h"
#include "runner/services.h"
#include "sleep.h"
#include "vcpu/hooks.h"

struct kick kick;

void kick_start(void)
{
	kick.process = getpid();
	kick.thread = (int32_t)syscall(SYS_gettid);
}

void vcpu_kick(void)
{
	syscall(SYS_tgkill, kick.process, kick.thread, GATE_INTERRUPT);
}

bool vcpu_defer(void)
{
	if (!gate.state)
		return false;
	gate.deferred = true;
	return true;
}

bool vcpu_is_guest_code(uintptr_t address)
{
	return !jumpslot_guest_range((void *)address, 1, JUMPSLOT_EXECUTE);
}

int vcpu_sleep(uint64_t deadline_ns, uint32_t delivered)
{
	struct timespec until = services_timespec(INT64_MAX);

	if (deadline_ns < INT64_MAX - current->started_ns)
		until = services_timespec(deadline_ns + current->started_ns);
	return jumpslot_sleep(&until, delivered);
}
