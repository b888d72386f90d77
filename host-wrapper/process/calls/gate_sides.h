/*
 * What the two sides of the gate do not share: floating-point control and signal mask.
 * Called by the gate's assembly where they differ, with a call's arguments or results
 * in vector registers: compiled for general registers only, and of libc
 * nothing but syscall().
 */
#ifndef JUMPSLOT_GATE_SIDES_H
#define JUMPSLOT_GATE_SIDES_H

#include "gate.h"

/* Before the guest's start: what holds now is the host's; the mask is from now on the
 * guest's. The guest's entry sets its own floating-point control. */
void gate_start_sides(void);

/* On the guest's side: notes its MXCSR and x87 control word, as the gate itself does. */
void gate_look_at_guest(struct gate_record *record)
	__attribute__((__visibility__("hidden")));

/* From guest to host, after that. */
void gate_to_host(struct gate_record *record) __attribute__((__visibility__("hidden")));

/* Back: what the host set is the host's for the next time. */
void gate_to_guest(struct gate_record *record) __attribute__((__visibility__("hidden")));

#endif
