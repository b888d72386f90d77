/*
 * Requests to the runner for a command of the client: one for each function, and which
 * of them the runner has carried out. Knows nothing of the socket.
 */
#ifndef JUMPSLOT_CONTROL_REQUESTS_H
#define JUMPSLOT_CONTROL_REQUESTS_H

#include "control.h"

/* Requests that wait for the runner, at most: more than a pipe takes. */
#define CONTROL_MAX_SENT 8192

/*
 * Begin a command of the client: an operation of common/control.h for the functions that
 * match; calls of those go to that provider; an interrupt. The texts must remain. Return
 * NULL, or why the command is not possible.
 */
const char *control_requests_begin(struct control *control, uint32_t operation,
				   const char *pattern, const char *provider);
const char *control_requests_use(struct control *control, const char *pattern,
				 const char *provider);
const char *control_requests_raise(struct control *control, const char *text);

/* Passes requests on without waiting. Returns whether all are. */
bool control_requests_send(struct control *control);

/* Notes what the runner has carried out; and whether that is all. */
void control_requests_note(struct control *control, const struct control_target *target);
bool control_requests_are_done(const struct control *control,
			       const struct control_target *target);

/* The runner has ended: what it has read is carried out, although a guest that ends by a
 * request ends before the runner can say so. */
void control_requests_settle(struct control *control,
			     const struct control_target *target);

#endif
