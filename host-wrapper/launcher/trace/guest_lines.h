/*
 * Source lines of addresses in the guest. jumpslot-backtrace looks them up, in a process
 * of its own: nobody has checked the debug information. Each address is asked for once.
 */
#ifndef JUMPSLOT_GUEST_LINES_H
#define JUMPSLOT_GUEST_LINES_H

#include <stdint.h>
#include <sys/types.h>

#define GUEST_LINES_MAX 256

struct guest_line {
	uint64_t address;
	unsigned line; /* 0: not known */
	char *file;
};

struct guest_lines {
	pid_t process; /* 0: it has not started, or has failed */
	int fd;
	uint64_t deadline;	  /* not to wait beyond (CLOCK_MONOTONIC, ns); 0: none */
	struct guest_line *known; /* a hash table */
};

/* Starts `program`, for the guest's image at that descriptor. Without it, no line is
 * known. */
void guest_lines_start(struct guest_lines *lines, const char *program, int guest);
void guest_lines_end(struct guest_lines *lines);

/* The line of the code before `address` of the image, which is after a call; NULL: not
 * known. */
const struct guest_line *guest_lines_find(struct guest_lines *lines, uint64_t address);

#endif
