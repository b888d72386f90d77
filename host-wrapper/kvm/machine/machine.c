/* The calls of KVM. See machine.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jumpslot/provider.h>

#include "common/kvm_device.h"
#include "common/page.h"
#include "features_x86.h"
#include "guest_registers.h"
#include "kvm/faults/end.h"
#include "layout_x86.h"
#include "machine.h"

JUMPSLOT_SYSCALLS_ALWAYS(MACHINE_ALLOW_IOCTL(KVM_RUN), MACHINE_ALLOW_IOCTL(KVM_GET_REGS),
			 MACHINE_ALLOW_IOCTL(KVM_SET_REGS),
			 MACHINE_ALLOW_IOCTL(KVM_GET_SREGS),
			 MACHINE_ALLOW_IOCTL(KVM_SET_SREGS),
			 MACHINE_ALLOW_IOCTL(KVM_GET_XSAVE),
			 MACHINE_ALLOW_IOCTL(KVM_SET_XSAVE),
			 MACHINE_ALLOW_IOCTL(KVM_GET_VCPU_EVENTS))

static struct {
	int kvm, vm, vcpu;
	size_t run_size;
	struct kvm_run *run;
	unsigned memory_slots;
	struct kvm_sregs user; /* of guest code */
	bool is_open;	       /* the last exit has to be completed */
	volatile bool kicked;
} machine = { .kvm = -1, .vm = -1, .vcpu = -1 };

/* Offsets in XSAVE's area (Intel SDM, volume 1, 10.5.1). */
#define XSAVE_STATUS 2
#define XSAVE_MXCSR  24

static int lacks(const char *what, struct message *message)
{
	return fail(message, errno, "--host kvm: %s: %s", what, strerror(errno));
}

static int open_device(struct message *message)
{
	machine.kvm = kvm_device_open(message);
	if (machine.kvm < 0)
		return machine.kvm;
	if (ioctl(machine.kvm, KVM_GET_API_VERSION, 0) != KVM_API_VERSION)
		return fail(message, ENOTSUP,
			    "--host kvm: /dev/kvm has not version %d of its interface",
			    KVM_API_VERSION);
	if (ioctl(machine.kvm, KVM_CHECK_EXTENSION, KVM_CAP_IMMEDIATE_EXIT) <= 0)
		return fail(message, ENOTSUP,
			    "--host kvm: /dev/kvm lacks KVM_CAP_IMMEDIATE_EXIT");
	return 0;
}

/* Intel's processors need three pages of the machine's own, outside of its memory. */
static int reserve_for_intel(void)
{
	if (ioctl(machine.kvm, KVM_CHECK_EXTENSION, KVM_CAP_SET_TSS_ADDR) <= 0)
		return 0;
	return ioctl(machine.vm, KVM_SET_TSS_ADDR, LAYOUT_INTEL_TSS);
}

/* The guest's time stamp counter is this process's, where the kernel can do that. */
static void share_counter(void)
{
	uint64_t offset = 0;
	const struct kvm_device_attr attribute = {
		.group = KVM_VCPU_TSC_CTRL,
		.attr = KVM_VCPU_TSC_OFFSET,
		.addr = (uintptr_t)&offset,
	};

	ioctl(machine.vcpu, KVM_SET_DEVICE_ATTR, &attribute);
}

static int make_processor(struct message *message)
{
	int size = ioctl(machine.kvm, KVM_GET_VCPU_MMAP_SIZE, 0);

	machine.vcpu = ioctl(machine.vm, KVM_CREATE_VCPU, 0);
	if (machine.vcpu < 0 || size < (int)sizeof(*machine.run))
		return lacks("no virtual processor", message);
	machine.run_size = (size_t)size;
	machine.run = mmap(NULL, machine.run_size, PROT_READ | PROT_WRITE, MAP_SHARED,
			   machine.vcpu, 0);
	if (machine.run == MAP_FAILED)
		return lacks("no virtual processor", message);
	share_counter();
	return features_set(machine.kvm, machine.vcpu, message);
}

int machine_open(struct message *message)
{
	int error = open_device(message);

	if (error)
		return error;
	machine.vm = ioctl(machine.kvm, KVM_CREATE_VM, 0);
	if (machine.vm < 0 || reserve_for_intel())
		return lacks("no virtual machine", message);
	return make_processor(message);
}

int machine_add_memory(uint64_t address, uintptr_t host, uint64_t size,
		       struct message *message)
{
	const struct kvm_userspace_memory_region region = {
		.slot = machine.memory_slots++,
		.guest_phys_addr = address,
		.memory_size = size,
		.userspace_addr = host,
	};

	return ioctl(machine.vm, KVM_SET_USER_MEMORY_REGION, &region)
		       ? lacks("no memory for the virtual machine", message)
		       : 0;
}

/* Flat, as user code has them. */
static struct kvm_segment segment(unsigned selector, unsigned type, bool is_code)
{
	return (struct kvm_segment){
		.limit = UINT32_MAX,
		.selector = (uint16_t)selector,
		.type = (uint8_t)type,
		.present = 1,
		.dpl = 3,
		.db = !is_code || !LAYOUT_IS_LONG,
		.s = 1,
		.l = is_code && LAYOUT_IS_LONG,
		.g = 1,
	};
}

static void set_segments(struct kvm_sregs *state, const struct machine_tables *tables)
{
	state->cs = segment(LAYOUT_USER_CODE, 11, true);
	state->ss = segment(LAYOUT_USER_DATA, 3, false);
	state->ds = state->es = state->fs = state->gs = state->ss;
	state->tr = (struct kvm_segment){
		.base = tables->tss,
		.limit = LAYOUT_TSS_LIMIT,
		.selector = LAYOUT_TSS_SELECTOR,
		.present = 1,
		.type = 11,
	};
	state->ldt = (struct kvm_segment){ .unusable = 1 };
	state->gdt.base = tables->gdt;
	state->gdt.limit = LAYOUT_GDT_LIMIT;
	state->idt.base = tables->idt;
	state->idt.limit = LAYOUT_IDT_LIMIT;
}

/* No SYSCALL, no instructions for FS and GS bases, no port of I/O, no SGDT and the like
 * for user code (UMIP, where the processor has it). */
static int set_state(const struct machine_tables *tables)
{
	struct kvm_sregs *state = &machine.user;

	if (ioctl(machine.vcpu, KVM_GET_SREGS, state))
		return -1;
	state->cr0 = LAYOUT_CR0;
	state->cr3 = tables->top;
	state->cr4 = LAYOUT_CR4 | (features_xcr0() ? LAYOUT_CR4_OSXSAVE : 0);
	state->efer = LAYOUT_EFER;
	set_segments(state, tables);
	state->cr4 |= LAYOUT_CR4_UMIP;
	if (!ioctl(machine.vcpu, KVM_SET_SREGS, state))
		return 0;
	state->cr4 &= ~(uint64_t)LAYOUT_CR4_UMIP;
	return ioctl(machine.vcpu, KVM_SET_SREGS, state);
}

/* Where a processor has SYSCALL all the same, it gets no further than a page fault. */
static int set_system_calls(void)
{
	static const struct kvm_msr_entry entries[] = {
		{ .index = LAYOUT_MSR_STAR, .data = (uint64_t)LAYOUT_KERNEL_CODE << 32 },
		{ .index = LAYOUT_MSR_LSTAR, .data = LAYOUT_NOWHERE },
		{ .index = LAYOUT_MSR_CSTAR, .data = LAYOUT_NOWHERE },
	};
	struct kvm_msrs *msrs = calloc(1, sizeof(*msrs) + sizeof(entries));
	int set;

	if (!msrs)
		return -1;
	msrs->nmsrs = sizeof(entries) / sizeof(*entries);
	memcpy(msrs->entries, entries, sizeof(entries));
	set = ioctl(machine.vcpu, KVM_SET_MSRS, msrs);
	free(msrs);
	return set == (int)(sizeof(entries) / sizeof(*entries)) ? 0 : -1;
}

static int set_vectors(void)
{
	struct kvm_xcrs xcrs = { .nr_xcrs = 1 };
	struct kvm_fpu fpu = { .fcw = X86_X87_CONTROL_DEFAULT,
			       .mxcsr = X86_MXCSR_DEFAULT };

	xcrs.xcrs[0].value = features_xcr0();
	if (features_xcr0() && ioctl(machine.vcpu, KVM_SET_XCRS, &xcrs))
		return -1;
	return ioctl(machine.vcpu, KVM_SET_FPU, &fpu);
}

int machine_start(const struct machine_tables *tables, struct message *message)
{
	if (set_state(tables) || set_system_calls() || set_vectors())
		return lacks("the processor's 64-bit mode", message);
	return 0;
}

void machine_close_rest(void)
{
	close(machine.vm);
	close(machine.kvm);
}

int machine_descriptor(void)
{
	return machine.vcpu;
}

/* No guest can cause it. */
static void __attribute__((__noreturn__)) broken(const char *what)
{
	struct message message;

	fail(&message, errno, "--host kvm: %s: %s", what, strerror(errno));
	end_failed(&message);
}

void machine_kick(void)
{
	machine.kicked = true;
	if (machine.run)
		__atomic_store_n(&machine.run->immediate_exit, 1, __ATOMIC_SEQ_CST);
}

static struct machine_stop doorbell(void)
{
	const uint64_t at = machine.run->mmio.phys_addr;
	struct machine_stop stop = {
		.exit = MACHINE_OTHER,
		.doorbell = at - LAYOUT_DOORBELL,
	};

	if (stop.doorbell >= PAGE)
		return stop;
	stop.exit = MACHINE_MISUSE;
	if (!machine.run->mmio.is_write || machine.run->mmio.len != sizeof(void *))
		return stop;
	stop.exit = MACHINE_DOORBELL;
	memcpy(&stop.value, machine.run->mmio.data, sizeof(void *));
	return stop;
}

static struct machine_stop why(void)
{
	machine.is_open = true;
	switch (machine.run->exit_reason) {
	case KVM_EXIT_MMIO:
		return doorbell();
	case KVM_EXIT_HLT:
		return (struct machine_stop){ .exit = MACHINE_HALT };
	}
	return (struct machine_stop){ .exit = MACHINE_OTHER };
}

struct machine_stop machine_run(void (*look)(void))
{
	machine.kicked = false;
	__atomic_store_n(&machine.run->immediate_exit, 0, __ATOMIC_SEQ_CST);
	look();
	if (!ioctl(machine.vcpu, KVM_RUN, 0))
		return why();
	if (errno == EFAULT)
		return (struct machine_stop){ .exit = MACHINE_NO_MEMORY };
	if (errno != EINTR && errno != EAGAIN)
		broken("KVM_RUN");
	machine.is_open = false;
	return (struct machine_stop){ .exit = MACHINE_KICKED };
}

/* The instruction that rang is complete only when the processor is entered again. */
static void complete(void)
{
	if (!machine.is_open)
		return;
	machine.is_open = false;
	machine.run->immediate_exit = 1;
	if (!ioctl(machine.vcpu, KVM_RUN, 0) || errno != EINTR)
		broken("KVM_RUN");
	__atomic_store_n(&machine.run->immediate_exit, 0, __ATOMIC_SEQ_CST);
	if (machine.kicked)
		machine.run->immediate_exit = 1;
}

struct machine_place machine_get_place(struct registers *registers)
{
	struct kvm_regs regs = { 0 };

	ioctl(machine.vcpu, KVM_GET_REGS, &regs);
	registers_from_kvm(registers, &regs);
	return (struct machine_place){ regs.rip, regs.rsp };
}

void machine_get(struct registers *registers)
{
	machine_get_place(registers);
}

void machine_set(const struct registers *registers)
{
	struct kvm_regs regs = registers_to_kvm(registers);

	regs.rflags = (regs.rflags & LAYOUT_USER_FLAGS) | X86_FLAGS_DEFAULT;
	complete();
	if (ioctl(machine.vcpu, KVM_SET_REGS, &regs))
		broken("KVM_SET_REGS");
}

bool machine_has_exception(const struct machine_place *place)
{
	struct kvm_vcpu_events events;

	if (place->pc >= LAYOUT_HIGH)
		return true;
	if (ioctl(machine.vcpu, KVM_GET_VCPU_EVENTS, &events))
		broken("KVM_GET_VCPU_EVENTS");
	return events.exception.injected || events.exception.pending;
}

void machine_set_user_mode(void)
{
	complete();
	if (ioctl(machine.vcpu, KVM_SET_SREGS, &machine.user))
		broken("KVM_SET_SREGS");
}

size_t machine_vectors_size(void)
{
	return sizeof(struct kvm_xsave);
}

void machine_get_vectors(void *to)
{
	if (ioctl(machine.vcpu, KVM_GET_XSAVE, to))
		broken("KVM_GET_XSAVE");
}

void machine_set_vectors(const void *from)
{
	complete();
	if (ioctl(machine.vcpu, KVM_SET_XSAVE, from))
		broken("KVM_SET_XSAVE");
}

uint64_t machine_fault_address(void)
{
	struct kvm_sregs state;

	if (ioctl(machine.vcpu, KVM_GET_SREGS, &state))
		broken("KVM_GET_SREGS");
	return state.cr2;
}

/* Not by KVM_GET_FPU, which leaves MXCSR out. */
void machine_get_float(uint16_t *status, uint32_t *mxcsr)
{
	struct kvm_xsave area;

	machine_get_vectors(&area);
	memcpy(status, (const char *)&area + XSAVE_STATUS, sizeof(*status));
	memcpy(mxcsr, (const char *)&area + XSAVE_MXCSR, sizeof(*mxcsr));
}

/* Bits of DR6 that are always set. */
#define NO_HITS UINT64_C(0xffff0ff0)

void machine_watch(const struct machine_watches *watches)
{
	struct kvm_debugregs registers = { .dr6 = NO_HITS, .dr7 = watches->control };

	_Static_assert(sizeof(registers.db) == sizeof(watches->addresses), "all of them");
	memcpy(registers.db, watches->addresses, sizeof(registers.db));
	complete();
	if (ioctl(machine.vcpu, KVM_SET_DEBUGREGS, &registers))
		broken("KVM_SET_DEBUGREGS");
}

unsigned machine_take_watch_hits(void)
{
	struct kvm_debugregs registers;
	unsigned hits;

	if (ioctl(machine.vcpu, KVM_GET_DEBUGREGS, &registers))
		broken("KVM_GET_DEBUGREGS");
	hits = registers.dr6 & ((1u << MACHINE_WATCHES) - 1);
	registers.dr6 = NO_HITS;
	if (ioctl(machine.vcpu, KVM_SET_DEBUGREGS, &registers))
		broken("KVM_SET_DEBUGREGS");
	return hits;
}

void machine_describe(struct message *message)
{
	const struct kvm_run *run = machine.run;
	struct registers registers;
	const struct machine_place place = machine_get_place(&registers);

	fail(message, EIO,
	     "--host kvm: the virtual machine stopped for reason %u (%llu) at 0x%llx",
	     run->exit_reason,
	     (unsigned long long)(run->exit_reason == KVM_EXIT_INTERNAL_ERROR
					  ? run->internal.suberror
					  : 0),
	     (unsigned long long)place.pc);
}
