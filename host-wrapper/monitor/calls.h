/*
 * The calls that a partition's runtime makes to the monitor's kernel. Each is `int $0x80`
 * at an address of its own, `number` * MONITOR_CALL_BYTES after the first, so no register
 * carries a number and all may hold arguments. Included from assembly and C; depends on
 * nothing.
 *
 * A call takes its arguments and gives its result as a C function of the guest's psABI.
 */
#ifndef JUMPSLOT_MONITOR_CALLS_H
#define JUMPSLOT_MONITOR_CALLS_H

#define MONITOR_VECTOR	   0x80
#define MONITOR_CALL_BYTES 8

#define MONITOR_CONSOLE_PUT   0	 /* int (const char *, size_t): bytes taken, maybe 0 */
#define MONITOR_ERROR_PUT     1	 /* the same, for the stream of errors */
#define MONITOR_CONSOLE_GET   2	 /* int (void): a byte or -1 */
#define MONITOR_CONSOLE_WATCH 3	 /* void (void): raise vector 1 for input */
#define MONITOR_CLOCK_READ    4	 /* uint64_t (void) */
#define MONITOR_CLOCK_INIT    5	 /* int (void) */
#define MONITOR_CLOCK_SET     6	 /* int (uint64_t first, uint64_t period) */
#define MONITOR_CLOCK_STOP    7	 /* int (void) */
#define MONITOR_RANGE	      8	 /* int (const void *, size_t, int): 0 or -EFAULT */
#define MONITOR_FAULT_HANDLER 9	 /* int (void (*)(struct jumpslot_fault *)) */
#define MONITOR_RESTART	      10 /* void (int warm): does not return */
#define MONITOR_STOP	      11 /* void (int status): does not return */
#define MONITOR_STACK_FULL    12 /* void (pc, sp, bytes): does not return */
#define MONITOR_UNBOUND	      13 /* the resolver: an import that has no function */
#define MONITOR_RETURNED      14 /* the guest's entry has returned */
#define MONITOR_WAIT	      15 /* int (uint64_t deadline): 0 at the deadline */
#define MONITOR_SCHEDULE_SET  16 /* int (const char *name, size_t length) */
#define MONITOR_PORT_OPEN     17 /* int (const char *name, int direction) */
#define MONITOR_PORT_PUT      18 /* int (int port, const void *, span): next offset */
#define MONITOR_PORT_GET      19 /* int (int port, void *, span, age): the size */
#define MONITOR_PORT_STATUS   20 /* int (int port, struct jumpslot_port_state *) */
#define MONITOR_PORT_WAIT     21 /* void (uint64_t deadline, int port) */
#define MONITOR_CALLS	      22

/* A message is copied in pieces, from the first to the last. A span has the offset of the
 * piece, the size of the message (or of the buffer), and whether the port queues. A
 * message that changes between the pieces is -EINTR: begin again. */
#define MONITOR_PORT_PIECE	   1024u
#define MONITOR_SPAN(offset, size) ((uint32_t)(offset) << 16 | (uint32_t)(size))
#define MONITOR_SPAN_SIZE(span)	   ((span)&0xffffu)
#define MONITOR_SPAN_OFFSET(span)  ((span) >> 16 & 0x7fffu)
#define MONITOR_SPAN_QUEUING	   0x80000000u

/* Bytes that one call of MONITOR_CONSOLE_PUT takes at most: those of a UART's queue. */
#define MONITOR_PUT_MAX 16

/*
 * Addresses that the launcher and the linker script of the runtime know: the runtime's
 * code and variables, and the information that it reads of its partition's plan.
 */
#define MONITOR_RUNTIME_TEXT 0xbf800000
#define MONITOR_RUNTIME_DATA 0xbf810000
#define MONITOR_INFORMATION  0xbf900000

#ifndef __ASSEMBLER__
#include <stdint.h>

struct monitor_information {
	uint64_t work_area;
	uint64_t work_area_size;
	uint32_t argument_count;
	uint32_t arguments; /* offset of the strings, one after the other */
};

/* In the runtime's file, section MONITOR_MAP_SECTION: distances from the field itself,
 * and offsets in struct vcpu. */
struct monitor_map {
	int32_t calls;
	int32_t upcall;
	int32_t resume;
	int32_t fault_call;
	int32_t vcpu;
	uint32_t state; /* the launcher fills in these two */
	uint32_t lines;
	uint32_t handler;
	uint32_t resuming;
	uint32_t waiting;
	uint32_t delivered;
	uint32_t used;
};
#define MONITOR_MAP_SECTION ".jumpslot.monitor"
#endif

#endif
