/*
 * A traced process of one thread, x86-64 or i386: its memory, its next instruction, its
 * stops. Knows nothing of interrupts. Whatever fails here ends the program.
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
	int status;	/* once it has ended */
	int stopped_by; /* a signal that it gets when it goes on */
	bool asleep;
	bool interrupted; /* by SIGURG, before it went on */
};

/* STOP_NONE: it goes on and on. */
enum stop { STOP_MARK, STOP_STEP, STOP_BREAKPOINT, STOP_END, STOP_NONE };

enum { BREAKPOINTS = 2 };

/* Starts a program, which is to become the one that is traced by exec. */
void tracee_start(struct tracee *tracee, char **command);

/* Both go on until the next stop, and hand SIGURG and any fault's signal on to the
 * process: a mark is an INT3, which is passed by then. */
enum stop tracee_go(struct tracee *tracee);
enum stop tracee_step(struct tracee *tracee);

/* Goes on until the process sleeps in a system call; tracee_signal() stops it. */
void tracee_go_to_sleep(struct tracee *tracee);

/* One that is not called for is off: `at` is 0. */
void tracee_break_at(struct tracee *tracee, int breakpoint, uint64_t at);

/* It is delivered when the process goes on, or if that masks it, when it does not. */
void tracee_signal(struct tracee *tracee, int number);

uint64_t tracee_pc(struct tracee *tracee);
void tracee_mark(struct tracee *tracee, uint64_t *mark, uint64_t *argument);

/* Whether the next instruction is a system call that sleeps until some time. */
bool tracee_is_about_to_sleep(struct tracee *tracee);

void tracee_read(struct tracee *tracee, uint64_t at, void *data, size_t size);
void tracee_write(struct tracee *tracee, uint64_t at, const void *data, size_t size);

/* Where the file of that name, without its directory, is mapped; 0: nowhere. */
uint64_t tracee_base(struct tracee *tracee, const char *name);

/* For people: an address as FILE+0xOFFSET. */
void tracee_name(struct tracee *tracee, uint64_t at, char *text, size_t size);

void die(const char *format, ...) __attribute__((__noreturn__, __format__(printf, 1, 2)));

#endif
