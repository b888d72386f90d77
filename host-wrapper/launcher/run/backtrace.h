/*
 * The guest's stack after a fault, as frames with source lines. The program
 * jumpslot-backtrace reads them from the outcome file and the guest's debug
 * information. The guest made both, so a frame is only printed, and everything is
 * bounded.
 */
#ifndef JUMPSLOT_BACKTRACE_H
#define JUMPSLOT_BACKTRACE_H

#include <stddef.h>
#include <stdint.h>

#define BACKTRACE_MAX	   32
#define BACKTRACE_MAX_FILE 256

struct backtrace_frame {
	uint64_t pc;   /* after the call, except in the first frame */
	unsigned line; /* 0: the source is not known */
	char file[BACKTRACE_MAX_FILE];
};

struct backtrace {
	const char *missing; /* why it could not be read; NULL */
	size_t count;
	struct backtrace_frame frames[BACKTRACE_MAX];
};

/* Runs `program`, which gets the descriptors of the guest's file and the outcome file. If
 * it fails or takes too long, the frames that it has printed are used. */
void backtrace_read(struct backtrace *backtrace, const char *program, int guest,
		    int outcome);

#endif
