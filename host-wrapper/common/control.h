/*
 * A request of the supervisor to the running guest's runner, through a pipe that the
 * thread of the sources reads. It has its effect when the runner has set
 * trace_shared.done to its sequence number. Depends on <stdint.h> alone.
 */
#ifndef JUMPSLOT_CONTROL_H
#define JUMPSLOT_CONTROL_H

#include <stdint.h>

enum control_operation {
	CONTROL_TRACE_ON = 1, /* record calls of import `number` */
	CONTROL_TRACE_OFF,
	CONTROL_REVOKE,	 /* make calls of import `number` a fault */
	CONTROL_RESTORE, /* make them calls of its function again */
	CONTROL_USE,	 /* make them calls of the function of `provider` */
	CONTROL_RAISE,	 /* raise vector `number` */
};

struct control_request {
	uint32_t sequence; /* from 1 */
	uint32_t operation;
	uint32_t number;
	uint32_t provider; /* index in the plan */
};

_Static_assert(sizeof(struct control_request) == 16, "as every runner knows it");

#endif
