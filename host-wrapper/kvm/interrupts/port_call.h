/*
 * Calls of ports that may wait. The guest rings for each try, so that interrupts are
 * delivered between a sleep and the next try.
 */
#ifndef JUMPSLOT_KVM_PORT_CALL_H
#define JUMPSLOT_KVM_PORT_CALL_H

#include <stdint.h>

/* The doorbell: `argument` is the address of a struct inside_port. */
void port_call_serve(uintptr_t argument);

#endif
