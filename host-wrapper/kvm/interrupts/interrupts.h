/*
 * The host's half of the virtual CPU: it looks at what is pending before each entry of
 * the machine, and delivers. The guest's half runs inside (inside/hooks.c).
 */
#ifndef JUMPSLOT_KVM_INTERRUPTS_H
#define JUMPSLOT_KVM_INTERRUPTS_H

#include <stdint.h>

#include "common/message.h"

/* Starts the virtual CPU, if the guest has one. Returns 0 or a negative errno. */
int interrupts_start(struct message *message);

/* The shortest period of the clock, ns: a multiple of an exit, which is measured before
 * the guest starts. */
uint64_t interrupts_shortest_period(void);

/* After guest code ran: takes over what it changed. */
void interrupts_take_over(void);

/* Delivers a vector, or leaves a note for the guest's way back to level 0. */
void interrupts_look(void);

/* The doorbells of waiting, of a stack without room, of the checks of an address, and of
 * an interrupt that is watched. */
void interrupts_sleep(uintptr_t argument);
void interrupts_stack_full(uintptr_t argument);
void interrupts_check_code(uintptr_t argument);
void interrupts_watch(uintptr_t argument);

#endif
