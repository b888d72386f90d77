/*
 * Standard input while QEMU has it: QEMU sets a terminal's mode, and O_NONBLOCK, which
 * other processes see, too. It restores both when it ends by itself. This restores them
 * after each end; a keeper does so if this process is killed. There is no keeper if QEMU
 * changes nothing.
 */
#ifndef JUMPSLOT_MONITOR_INPUT_H
#define JUMPSLOT_MONITOR_INPUT_H

#include "common/message.h"
#include "launcher/run/keeper.h"
#include "launcher/run/terminal.h"

/* All zeros: not lent. */
struct monitor_input {
	struct terminal *terminal; /* NULL: none */
	struct keeper keeper;
	bool waits; /* O_NONBLOCK was not set */
};

/* Before QEMU is started. Returns 0 or a negative errno; monitor_input_take_back() is
 * allowed after both. */
int monitor_input_lend(struct monitor_input *input, struct message *message);

/* After QEMU has ended. */
void monitor_input_take_back(struct monitor_input *input);

#endif
