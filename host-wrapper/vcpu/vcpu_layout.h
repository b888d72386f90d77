/*
 * Where assembly finds the fields of struct vcpu (vcpu.h) and of the guest's state of it
 * (external_abi.h); both are asserted. Included from assembly and C; depends on nothing.
 */
#ifndef JUMPSLOT_VCPU_LAYOUT_H
#define JUMPSLOT_VCPU_LAYOUT_H

#define VCPU_STATE    0
#define VCPU_HANDLER  (1 * __SIZEOF_POINTER__)
#define VCPU_RESUMING (2 * __SIZEOF_POINTER__)
#define VCPU_WAITING  (3 * __SIZEOF_POINTER__)
#define VCPU_PROCESS  (3 * __SIZEOF_POINTER__ + 4)
#define VCPU_THREAD   (3 * __SIZEOF_POINTER__ + 8)

#define STATE_LEVEL   8
#define STATE_NESTING 12

#endif
