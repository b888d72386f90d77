/*
 * Where the gate's assembly finds its fields: offsets into the structures of gate.h,
 * which asserts each of them. Included from assembly and C; depends on nothing.
 */
#ifndef JUMPSLOT_GATE_LAYOUT_H
#define JUMPSLOT_GATE_LAYOUT_H

#define WORD __SIZEOF_POINTER__

/* struct gate */
#define GATE_STATE    0
#define GATE_RECORD   (1 * WORD)
#define GATE_THREAD   (2 * WORD)
#define GATE_EXPECTED (3 * WORD)
#define GATE_CONTROL  (3 * WORD + 4)
#define GATE_DEFERRED (3 * WORD + 8)

/* struct gate_function */
#define FUNCTION_ADDRESS     0
#define FUNCTION_GATE	     (1 * WORD)
#define FUNCTION_STACK_BYTES (2 * WORD)
#define FUNCTION_PADDING     (3 * WORD)
#define FUNCTION_ROOM	     (4 * WORD)
#define FUNCTION_FORCE	     (5 * WORD)

/* struct gate_record */
#define RECORD_FRAME	0
#define RECORD_RETURN	(1 * WORD)
#define RECORD_OUTER	(2 * WORD)
#define RECORD_FUNCTION (3 * WORD)
#define RECORD_GUEST_SP (4 * WORD)
#define RECORD_SAVED	(5 * WORD) /* two words */
#define RECORD_MXCSR	(7 * WORD)
#define RECORD_CONTROL	(7 * WORD + 4)
#define RECORD_EXPECTED (7 * WORD + 8)
#define RECORD_NOW	(7 * WORD + 12)
#define RECORD_SIZE	128

/* struct gate_callback */
#define CALLBACK_COOKIE_AT  0
#define CALLBACK_GUEST_HIGH (1 * WORD)
#define CALLBACK_GUEST_SP   (2 * WORD)
#define CALLBACK_TARGET	    (3 * WORD)
#define CALLBACK_SIZE	    128

/* struct jumpslot_callee */
#define CALLEE_STACK_BYTES (1 * WORD)

/* gate.state outside of the guest, and while the resolver binds: no record's address. */
#define GATE_OUTSIDE   2
#define GATE_RESOLVING 4

/* The signal that carries interrupts to the guest (SIGURG); blocking functions mask it.
 * By default it is ignored, and several of them count as one. */
#define GATE_INTERRUPT 23

/* Bytes at the end of each way out of the gate, with the guest's stack as it will be. */
#define GATE_LAST_STEPS 2

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
