/*
 * Floating-point control and signal mask, which guest and host have each their own. The
 * gate's assembly calls this where they differ, while vector registers hold a call's
 * arguments or results: compiled for general registers only, and uses only syscall() of
 * libc.
 */
#ifndef JUMPSLOT_GATE_SIDES_H
#define JUMPSLOT_GATE_SIDES_H

#include "gate.h"

/* Before the guest starts: takes the current floating-point control as the host's, and
 * sets the guest's mask. The way into the guest sets the guest's floating-point control.
 */
void gate_start_sides(void);

/* From guest to host, after the guest's x87 control word was noted. */
void gate_to_host(struct gate_record *record) __attribute__((__visibility__("hidden")));

/* From host to guest. The host's control is kept for the next call. */
void gate_to_guest(struct gate_record *record) __attribute__((__visibility__("hidden")));

#endif
