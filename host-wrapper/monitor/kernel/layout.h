/*
 * Addresses and selectors of the kernel, for C, assembly and linker scripts. Depends on
 * nothing.
 *
 * The lower half of every address space is the guest's. In the upper half, the same in
 * all address spaces and for the kernel alone: the kernel's image, and a window onto
 * physical memory by which the kernel accesses a guest's memory.
 */
#ifndef JUMPSLOT_MONITOR_LAYOUT_H
#define JUMPSLOT_MONITOR_LAYOUT_H

#define KERNEL_PHYSICAL 0x200000
#define KERNEL_BASE	0xffffffff80000000 /* where physical address 0 would be */
#define WINDOW_BASE	0xffff800000000000
#define WINDOW_SIZE	0x100000000 /* physical memory above is not used */
/* The kernel's image lies in one large page of 2 MiB, which is mapped by small ones. */
#define LARGE_PAGE 0x200000

/* Selectors. Those of guests have privilege level 3. There is one of each kind for all
 * guests, so a guest cannot change them: machine_set_guest() gives code its width. */
#define KERNEL_CODE 0x08
#define KERNEL_DATA 0x10
#define GUEST_CODE  0x1b
#define GUEST_DATA  0x23
#define TASK_STATE  0x28

/* Interrupt vectors: exceptions, then the lines of the interrupt controllers. */
#define VECTOR_LINES 32
#define VECTORS	     48

/* struct trap_frame: bytes, and the offset of the code selector. */
#define TRAP_FRAME_SIZE 176
#define TRAP_FRAME_CS	144

#define KERNEL_STACK 16384
#define FAULT_STACK  4096 /* for a double fault, NMI and machine check */

#endif
