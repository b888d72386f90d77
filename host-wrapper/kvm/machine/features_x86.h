/* The processor that the guest gets: features and register state. */
#ifndef JUMPSLOT_FEATURES_X86_H
#define JUMPSLOT_FEATURES_X86_H

#include <linux/kvm.h>
#include <stddef.h>
#include <stdint.h>

#include "common/message.h"

/* Reads what KVM supports, from /dev/kvm's descriptor, and sets it for the processor with
 * the descriptor `vcpu`. Returns 0 or a negative errno. */
int features_set(int kvm, int vcpu, struct message *message);

/* Register state that XSAVE saves: components (XCR0), and bytes of its area; 0: none. */
uint64_t features_xcr0(void);
size_t features_xsave_bytes(void);

/* Bytes of the largest vector register: 16, 32 or 64. */
uint32_t features_vector_bytes(void);

#endif
