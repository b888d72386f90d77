/*
 * The general registers of an interrupted guest, as plain data. Each host fills them from
 * what it has (a signal's context, kvm_regs, a kernel's trap frame) and writes them back.
 * One file per machine. Depends on nothing.
 */
#ifndef JUMPSLOT_REGISTERS_H
#define JUMPSLOT_REGISTERS_H

#if defined(__x86_64__) || defined(__i386__)
#include "registers_x86.h"
#else
#error "no struct registers for this machine"
#endif

#endif
