/*
 * Constants of the gate that its assembly shares with C. Offsets into its structures come
 * from gate_offsets.c. Included from assembly and C; depends on nothing.
 */
#ifndef JUMPSLOT_GATE_LAYOUT_H
#define JUMPSLOT_GATE_LAYOUT_H

/* gate.state outside the guest, while the resolver binds, and while a traced call is
 * recorded: smaller than any address. */
#define GATE_OUTSIDE   2
#define GATE_RESOLVING 4
#define GATE_TRACING   6

/* SIGURG, the signal of the guest's interrupts, which blocking functions mask. Its
 * default is to be ignored. */
#define GATE_INTERRUPT 23

/* gate.state while guest code runs above a host function: this bit, and the callback. */
#define GATE_IN_CALLBACK 1

/* MXCSR's control bits. The flags below them are not preserved by a call (x86-64 psABI,
 * section 3.2.3), and cross the gate as they cross any call. */
#define MXCSR_CONTROL 0xffc0
/* Bits beside an x87 control word, which no comparison of control words finds equal. The
 * gate's fast path ends there: with GATE_READS to compare MXCSR too, with GATE_NEVER and
 * GATE_FORCED to swap what differs. GATE_FORCED is the sign. */
#define GATE_READS  0x20000000
#define GATE_NEVER  0x40000000
#define GATE_FORCED 0x80000000

/* Alignment of copied arguments and of records: the largest of a vector. */
#define GATE_ALIGNMENT 64

#endif
