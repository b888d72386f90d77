/*
 * Where assembly finds the fields of struct vcpu (vcpu.h) and of the guest's state
 * (external_abi.h); vcpu.h asserts both. Included from assembly and C; depends on
 * nothing.
 */
#ifndef JUMPSLOT_VCPU_LAYOUT_H
#define JUMPSLOT_VCPU_LAYOUT_H

#define VCPU_STATE     0
#define VCPU_HANDLER   (1 * __SIZEOF_POINTER__)
#define VCPU_RESUMING  (2 * __SIZEOF_POINTER__)
#define VCPU_WAITING   (3 * __SIZEOF_POINTER__)
#define VCPU_DELIVERED (3 * __SIZEOF_POINTER__ + 4)

#define STATE_LEVEL 8

#if defined(__ASSEMBLER__) && defined(__i386__)
/* clang-format off */
	/* Loads the address of `vcpu`, wherever this program was loaded. */
	.macro	find_vcpu register
	call	1f
1:	pop	\register
	lea	vcpu - 1b(\register), \register
	.endm
/* clang-format on */
#endif

#endif
