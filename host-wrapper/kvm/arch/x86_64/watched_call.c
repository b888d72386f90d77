/* The registers of a watched call on x86-64. See calls/watched_calls.h. */
#include <string.h>

#include "kvm/calls/watched_calls.h"

void watched_call_fill(struct trace_frame *to, const struct call_copy *from,
		       unsigned vector_bytes)
{
	const struct call_frame *frame = &from->frame;
	const uintptr_t general[TRACE_GENERAL] = { frame->di, frame->si, frame->dx,
						   frame->cx, frame->r8, frame->r9,
						   frame->ax, frame->r10 };

	memcpy(to->general, general, sizeof(general));
	for (size_t i = 0; i < TRACE_VECTORS; i++)
		memcpy(&to->vectors[i], from->vectors + i * vector_bytes,
		       sizeof(*to->vectors));
}

/* A vector of 16 bytes would be in one register: the lower halves of two are those of a
 * structure. */
void watched_call_fill_result(struct trace_frame *to, const struct call_copy *from,
			      unsigned vector_bytes)
{
	to->general[TRACE_AX] = from->frame.ax;
	to->general[TRACE_DX] = from->frame.dx;
	memcpy(&to->vectors[0], from->vectors, sizeof(*to->vectors));
	memcpy(&to->vectors[1], from->vectors + vector_bytes, sizeof(*to->vectors));
	memcpy(to->x87, from->frame.st, sizeof(from->frame.st));
}

void watched_call_make_result(struct call_copy *to, const struct trace_frame *from,
			      unsigned vector_bytes)
{
	to->frame.ax = from->general[TRACE_AX];
	to->frame.dx = from->general[TRACE_DX];
	memset(to->vectors, 0, vector_bytes);
	memcpy(to->vectors, &from->vectors[0], sizeof(*from->vectors));
	memcpy(to->frame.st, from->x87, sizeof(to->frame.st));
	to->frame.x87 = from->function->x87 != 0;
}
