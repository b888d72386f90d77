/*
 * A traced process of one thread, x86-64 or i386: its memory, its next instruction, its
 * stops. Knows nothing about interrupts. An error here ends the program.
 */
#ifndef STEP_TRACEE_H
#define STEP_TRACEE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct tracee {
	pid_t pid;
	int memory;	/* /proc/PID/mem */
	int status;	/* after its end */
	int stopped_by; /* the signal that it receives when it continues */
	bool asleep;
	bool interrupted; /* by SIGURG, before it continued */
};

/* STOP_NONE: it does not stop. */
enum stop { STOP_MARK, STOP_STEP, STOP_BREAKPOINT, STOP_END, STOP_NONE };

enum { BREAKPOINTS = 2 };

/* Starts a program that becomes the traced one by exec. */
void tracee_start(struct tracee *tracee, char **command);

/* Both continue until the next stop, and pass SIGURG and fault signals on to the process.
 * After a mark, which is an INT3, the program counter is past it. */
enum stop tracee_go(struct tracee *tracee);
enum stop tracee_step(struct tracee *tracee);

/* Continues until the process sleeps in a system call; tracee_signal() stops it. */
void tracee_go_to_sleep(struct tracee *tracee);

/* An address of 0 switches the breakpoint off. */
void tracee_break_at(struct tracee *tracee, int breakpoint, uint64_t at);

/* The signal arrives when the process continues, or when it no longer masks the signal.
 */
void tracee_signal(struct tracee *tracee, int number);

uint64_t tracee_pc(struct tracee *tracee);
void tracee_mark(struct tracee *tracee, uint64_t *mark, uint64_t *argument);

/* Whether the next instruction is a system call that sleeps until a deadline. */
bool tracee_is_about_to_sleep(struct tracee *tracee);

void tracee_read(struct tracee *tracee, uint64_t at, void *data, size_t size);
void tracee_write(struct tracee *tracee, uint64_t at, const void *data, size_t size);

/* The first mapping of the file of that base name, or of [vdso]; zeros: there is none. */
struct range {
	uint64_t start, end;
};
struct range tracee_range(struct tracee *tracee, const char *name);

/* Formats an address as FILE+0xOFFSET. */
void tracee_name(struct tracee *tracee, uint64_t at, char *text, size_t size);

void die(const char *format, ...) __attribute__((__noreturn__, __format__(printf, 1, 2)));

#endif
