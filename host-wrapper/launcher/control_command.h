/*
 * A command to a running guest and the start of its answer: a line each. `host-wrapper
 * ctl` sends what the supervisor reads. Depends on nothing.
 */
#ifndef JUMPSLOT_CONTROL_COMMAND_H
#define JUMPSLOT_CONTROL_COMMAND_H

/* The longest line, with its end. */
#define CONTROL_MAX_LINE 1024

#endif
