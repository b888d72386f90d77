/* Where the guest's general registers are: in KVM's structure, in a signal's context, in
 * gdb's order, and what they hold at the guest's entry. A file per machine. */
#ifndef JUMPSLOT_KVM_GUEST_REGISTERS_H
#define JUMPSLOT_KVM_GUEST_REGISTERS_H

#include <linux/kvm.h>
#include <stdint.h>

#include "runner/runner.h"
#include "vcpu/registers.h"

void registers_from_kvm(struct registers *to, const struct kvm_regs *from);

/* All of them, the flags as they are. */
struct kvm_regs registers_to_kvm(const struct registers *from);

/* Of a signal handler's ucontext_t. Async-signal-safe. */
void registers_from_context(struct registers *to, const void *context);

/* After SYSCALL: the flags before it, where a register of the guest has them. */
uintptr_t registers_flags_at_syscall(const struct registers *registers);

/* The registers before the flags, in gdb's order. */
#define REGISTERS_GDB (sizeof(void *) == 8 ? 17 : 9)
void registers_in_gdb_order(struct registers *registers, uintptr_t **in_order);

/* Fills in the general registers for the guest's entry. */
void registers_at_entry(struct registers *registers, const struct runner *runner);

#endif
