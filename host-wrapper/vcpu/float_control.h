/* Floating-point control around calls of the guest's handler, per machine. */
#ifndef JUMPSLOT_FLOAT_CONTROL_H
#define JUMPSLOT_FLOAT_CONTROL_H

#if defined(__x86_64__) || defined(__i386__)
#include "float_control_x86.h"
#else
#error "no floating-point control for this machine"
#endif

#endif
