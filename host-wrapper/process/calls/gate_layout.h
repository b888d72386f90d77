/*
 * Constants of the gate that its assembly shares with C. Offsets into its structures come
 * from gate_offsets.c. Included from assembly and C; depends on nothing.
 */
#ifndef JUMPSLOT_GATE_LAYOUT_H
#define JUMPSLOT_GATE_LAYOUT_H

/* gate.state outside of the guest, and while the resolver binds: no record's address. */
#define GATE_OUTSIDE   2
#define GATE_RESOLVING 4

/* The signal that carries interrupts to the guest (SIGURG); blocking functions mask it.
 * By default it is ignored, and several of them count as one. */
#define GATE_INTERRUPT 23

/* gate.state while guest code runs above a host function: this bit, and the callback. */
#define GATE_IN_CALLBACK 1

/* MXCSR: what decides how floats behave. Its flags below are the callee's to change, and
 * cross the gate as they cross any call (x86-64 psABI, section 3.2.3). */
#define MXCSR_CONTROL 0xffc0
/* No value of MXCSR's control bits: makes the gate look closer. One is compared with, and
 * the other is added to what is compared. */
#define GATE_NEVER  0x40000000
#define GATE_FORCED 0x80000000

/* Alignment of copied arguments and of what lies around them: any vector's. */
#define GATE_ALIGNMENT 64

#endif
