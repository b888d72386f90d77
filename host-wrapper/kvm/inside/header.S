/* The block's header: struct inside_header of inside.h. */
	.macro	place symbol
	.long	\symbol - inside_start
	.endm

	.section .inside_header, "a"
	.globl	inside_start
	.hidden	inside_start
inside_start:
	place	inside_gate
	place	inside_gate_avx
	place	inside_gate_avx3
	place	inside_watched
	place	inside_bind
	place	inside_returned
	place	inside_upcall
	place	jumpslot_resume
	place	inside_fault
	place	inside_ping
	place	inside_watch_interrupt
	place	vcpu
	place	inside_words
	place	inside_ranges
	place	inside_ranges_end
	place	inside_stops
	place	inside_stops_end
	place	inside_doorbell
	place	inside_data
	place	inside_end
	place	inside_inline_functions
inside_inline_functions:
#define INLINE(name) place name;
#include "common/inline.def"

	.section .note.GNU-stack,"",@progbits
