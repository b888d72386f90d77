/* Swapping floating-point control and signal mask. See gate_sides.h. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <jumpslot/provider.h>
#include "gate_sides.h"
#include "process/interrupts/kick.h"
#include "vcpu/float_control_x86.h"

/* The flags stay: a call may set them. */
static void load_mxcsr(uint32_t control)
{
	float_load_mxcsr((float_read_mxcsr() & ~(uint32_t)MXCSR_CONTROL) |
			 (control & MXCSR_CONTROL));
}

/* A provider that changes its mask states this for itself. */
JUMPSLOT_STATE(blocking, "(blocking)",
	       JUMPSLOT_ALLOW_IF("rt_sigprocmask", JUMPSLOT_ARG(0, SIG_SETMASK)))

/* Returns the previous mask. Cannot fail. syscall() uses no vector register in any libc.
 */
static uint64_t set_mask(uint64_t mask)
{
	uint64_t old;

	/* Not libc's, which is for the host's own code: see signal_mask.c. */
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, &old, sizeof(mask));
	return old;
}

/* Others do not write `masked`. */
static bool is_masked(const struct gate_record *record)
{
	return record->function->blocking && record->masked;
}

static uint64_t forced_mask(const struct gate_record *record)
{
	return is_masked(record) ? 1ull << (GATE_INTERRUPT - 1) : 0;
}

static bool masks_differ(const struct gate_record *record)
{
	return gate.masks_differ || is_masked(record);
}

/* Sets the guest's mask. Takes the host's from the kernel: a signal handler or the child
 * of a vfork() may have changed it without calling pthread_sigmask(). */
static void leave_mask(uint64_t forced)
{
	uint64_t old = set_mask(gate.guest_mask);

	gate.host_mask = (old & ~forced) | (gate.host_mask & forced);
	gate.masks_differ = gate.host_mask != gate.guest_mask;
}

/* If the host unmasks an x87 exception, every call must check whether the guest has one
 * pending, and takes the slow path. */
static uint32_t more_than_x87(uint16_t control)
{
	if (gate.masks_differ || float_unmasks(control))
		return GATE_NEVER;
	if (!gate.known)
		return GATE_READS;
	return gate.known == gate.mxcsr ? 0 : GATE_NEVER;
}

static void look_at_host(uint32_t mxcsr)
{
	const uint16_t control = float_read_x87();

	gate.mxcsr = mxcsr & MXCSR_CONTROL;
	gate.control = control | more_than_x87(control);
}

static uint32_t guest_mxcsr(const struct gate_record *record)
{
	return gate.known ? gate.known : record->mxcsr;
}

/* The registers hold the one side's control; loads the other side's where it differs. A
 * load costs as much as a call. */
static void swap(uint32_t mxcsr, uint32_t to_mxcsr, uint16_t x87, uint16_t to_x87)
{
	if ((mxcsr ^ to_mxcsr) & MXCSR_CONTROL)
		load_mxcsr(to_mxcsr);
	if (x87 != to_x87 || float_unmasks(to_x87))
		float_load_x87(to_x87);
}

void gate_start_sides(void)
{
	leave_mask(0);
	look_at_host(float_read_mxcsr());
	gate.thread = (uintptr_t)pthread_self(); /* its first word is its own address */
}

void gate_to_host(struct gate_record *record)
{
	if (!gate.known)
		record->mxcsr = float_read_mxcsr();
	swap(guest_mxcsr(record), gate.mxcsr, (uint16_t)record->control,
	     (uint16_t)gate.control);
	record->control |= GATE_NEVER;
	record->masked = record->function->blocking && !kick_hold();
	if (masks_differ(record))
		set_mask(gate.host_mask | forced_mask(record));
}

void gate_to_guest(struct gate_record *record)
{
	if (is_masked(record))
		kick_unmask();
	if (masks_differ(record))
		leave_mask(forced_mask(record));
	if (record->function->blocking)
		kick_release();
	look_at_host(record->function->more & GATE_READS ? float_read_mxcsr()
							 : gate.mxcsr);
	swap(gate.mxcsr, guest_mxcsr(record), (uint16_t)gate.control,
	     (uint16_t)record->control);
}
