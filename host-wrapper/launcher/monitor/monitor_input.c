/* Notes before, and restores after. See monitor_input.h. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

#include "monitor_input.h"

static void restore(const struct monitor_input *input)
{
	const int flags = input->waits ? fcntl(STDIN_FILENO, F_GETFL) : -1;

	if (flags >= 0 && flags & O_NONBLOCK)
		fcntl(STDIN_FILENO, F_SETFL, flags & ~O_NONBLOCK);
	terminal_leave(input->terminal);
}

/* In the keeper. */
static void clean_up(const void *argument)
{
	restore(argument);
}

int monitor_input_lend(struct monitor_input *input, struct message *message)
{
	const int flags = fcntl(STDIN_FILENO, F_GETFL);
	int error = terminal_open(&input->terminal, message);

	if (error)
		return error;
	input->waits = flags >= 0 && !(flags & O_NONBLOCK);
	terminal_lend(input->terminal);
	if (!input->waits && !input->terminal)
		return 0;
	return keeper_start(&input->keeper, clean_up, input, message);
}

void monitor_input_take_back(struct monitor_input *input)
{
	/* Until this is done, the keeper is needed: SIGKILL may come at any point. */
	restore(input);
	keeper_end(&input->keeper);
	terminal_close(input->terminal);
}
