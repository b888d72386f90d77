/* The registers of a watched call on i386. See calls/watched_calls.h. */
#include <string.h>

#include "kvm/calls/watched_calls.h"

/* The policy's bytes to pop are here: see trace_call.c. */
#define POPPED 1

void watched_call_fill(struct trace_frame *to, const struct call_copy *from,
		       unsigned vector_bytes)
{
	(void)vector_bytes;
	to->general[0] = from->frame.ax;
	to->general[1] = from->frame.dx;
	to->general[2] = from->frame.cx;
}

void watched_call_fill_result(struct trace_frame *to, const struct call_copy *from,
			      unsigned vector_bytes)
{
	(void)vector_bytes;
	to->general[TRACE_AX] = from->frame.ax;
	to->general[TRACE_DX] = from->frame.dx;
	memcpy(to->x87, from->frame.st, sizeof(from->frame.st));
}

void watched_call_make_result(struct call_copy *to, const struct trace_frame *from,
			      unsigned vector_bytes)
{
	(void)vector_bytes;
	to->frame.ax = from->general[TRACE_AX];
	to->frame.dx = from->general[TRACE_DX];
	to->frame.popped = from->saved[POPPED];
	memcpy(to->frame.st, from->x87, sizeof(to->frame.st));
	to->frame.x87 = from->function->x87 != 0;
}
