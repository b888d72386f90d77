/*
 * The calls of monitor/calls.h as C functions. calls.S has their code, two instructions
 * each.
 */
#ifndef JUMPSLOT_MONITOR_RUNTIME_CALLS_H
#define JUMPSLOT_MONITOR_RUNTIME_CALLS_H

#include <stddef.h>
#include <stdint.h>

#include <jumpslot/ports.h>
#include "monitor/calls.h"

int monitor_console_put(const char *bytes, size_t count);
int monitor_error_put(const char *bytes, size_t count);
int monitor_console_get(void);
void monitor_console_watch(void);
uint64_t monitor_clock_read(void);
int monitor_clock_init(void);
int monitor_clock_set(uint64_t first_ns, uint64_t period_ns);
int monitor_clock_stop(void);
int monitor_range(const void *start, size_t size, int access);
int monitor_fault_handler(uintptr_t handler);
void monitor_restart(int warm) __attribute__((__noreturn__));
void monitor_stop(int status) __attribute__((__noreturn__));
void monitor_stack_full(uintptr_t pc, uintptr_t sp, size_t bytes)
	__attribute__((__noreturn__));
int monitor_wait(uint64_t deadline_ns);
int monitor_schedule_set(const char *name, size_t length);
int monitor_port_open(const char *name, int direction);
int monitor_port_put(int port, const void *bytes, uint32_t span);
int monitor_port_get(int port, void *buffer, uint32_t span,
		     struct jumpslot_port_age *age);
int monitor_port_status(int port, struct jumpslot_port_state *status);
void monitor_port_wait(uint64_t deadline_ns, int port);

#endif
