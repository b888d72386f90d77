/*
 * The virtual machine as the host lays it out: guest-physical addresses, the system pages
 * that only the processor's most privileged ring sees, and register values. Depends on
 * nothing.
 */
#ifndef JUMPSLOT_LAYOUT_X86_H
#define JUMPSLOT_LAYOUT_X86_H

#include <stdint.h>

/* Guest-physical. System pages begin at 0, the guest's memory at LAYOUT_MEMORY. */
#define LAYOUT_DOORBELL	 UINT64_C(0xd0000000) /* has no memory */
#define LAYOUT_INTEL_TSS UINT64_C(0xfffbd000) /* three pages, unused */
#define LAYOUT_MEMORY	 UINT64_C(0x100000000)

/* An i386 guest is code of 32 bits in the same machine, whose handlers have 64. */
#define LAYOUT_IS_LONG (sizeof(void *) == 8)

/* System pages: offsets from their start, which is guest-physical 0; and where they are
 * in the guest's address space. */
#define LAYOUT_GDT    0x0000
#define LAYOUT_TSS    0x1000
#define LAYOUT_IDT    0x2000
#define LAYOUT_HALT   0x3000 /* a page of HLT: handler n is byte n */
#define LAYOUT_STACK  0x4000
#define LAYOUT_TABLES 0x5000 /* page tables, the top one first */
#define LAYOUT_HIGH   UINT64_C(0xffffffff80000000)

#define LAYOUT_VECTORS	    256
#define LAYOUT_KERNEL_CODE  0x08
#define LAYOUT_USER_DATA    0x23
#define LAYOUT_USER_CODE    0x2b
#define LAYOUT_TSS_SELECTOR 0x30
#define LAYOUT_GDT_LIMIT    0x3f
#define LAYOUT_IDT_LIMIT    (LAYOUT_VECTORS * 16 - 1)
#define LAYOUT_TSS_LIMIT    0x67

/* PE, MP, ET, NE, WP, AM, PG: protected mode with paging, floating-point errors as
 * exceptions, and the alignment check for those who set the flag. */
#define LAYOUT_CR0 0x80050033
/* PAE, OSFXSR, OSXMMEXCPT. */
#define LAYOUT_CR4	   0x620
#define LAYOUT_CR4_UMIP	   0x800
#define LAYOUT_CR4_OSXSAVE 0x40000
/* LME, LMA, NXE; SCE stays clear. */
#define LAYOUT_EFER 0xd00

/* Where SYSCALL leads: an address without memory, and not the guest's. */
#define LAYOUT_MSR_STAR	 0xc0000081
#define LAYOUT_MSR_LSTAR 0xc0000082
#define LAYOUT_MSR_CSTAR 0xc0000083
#define LAYOUT_NOWHERE	 (LAYOUT_HIGH + 0x40000000)

/* The guest's memory begins at this address or above: a null pointer leads nowhere. */
#define LAYOUT_LOWEST 0x10000

/* Flags that user code can change: the arithmetic ones, TF, DF, AC and ID. */
#define LAYOUT_USER_FLAGS 0x240dd5

#endif
