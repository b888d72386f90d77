/* Two modes, and when to set them. See terminal.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "terminal.h"

/*
 * Input as from a serial line: byte by byte, not changed, dropped or echoed. ISIG stays
 * for the keys that end and stop a job, OPOST for line ends in the output.
 */
static void make_raw(struct termios *mode)
{
	mode->c_iflag &=
		~(tcflag_t)(ICRNL | IGNCR | INLCR | ISTRIP | IUCLC | IXON | PARMRK);
	mode->c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN);
	mode->c_cc[VMIN] = 1;
	mode->c_cc[VTIME] = 0;
}

int terminal_open(struct terminal **terminal, struct message *message)
{
	struct terminal *made;

	*terminal = NULL;
	if (!isatty(STDIN_FILENO))
		return 0;
	made = mmap(NULL, sizeof(*made), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (made == MAP_FAILED)
		return fail(message, errno, "no memory for the terminal's mode: %s",
			    strerror(errno));
	made->group = getpgrp();
	*terminal = made;
	return 0;
}

/* A terminal of another session has no foreground, and so no background. */
static bool in_background(const struct terminal *terminal)
{
	pid_t foreground = tcgetpgrp(STDIN_FILENO);

	return foreground >= 0 && foreground != terminal->group;
}

static bool is_unchanged(const struct terminal *terminal)
{
	struct termios now;

	return !tcgetattr(STDIN_FILENO, &now) && now.c_iflag == terminal->raw.c_iflag &&
	       now.c_lflag == terminal->raw.c_lflag;
}

/*
 * Restores the mode in the background too, with SIGTTOU blocked because it would stop
 * us. A shell may have taken the terminal in the meantime, as after a kill, and set a
 * mode of its own: that mode stays.
 */
void terminal_leave(struct terminal *terminal)
{
	sigset_t stop, mask;

	if (!terminal || !terminal->is_raw)
		return;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTTOU);
	sigprocmask(SIG_BLOCK, &stop, &mask);
	if (!in_background(terminal) || is_unchanged(terminal))
		tcsetattr(STDIN_FILENO, TCSANOW, &terminal->before);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	terminal->is_raw = false;
}

/* Notes what to restore before changing anything: SIGKILL may come at any point. */
static void set_raw(struct terminal *terminal)
{
	if (!terminal->is_raw) {
		if (tcgetattr(STDIN_FILENO, &terminal->before))
			return;
		terminal->raw = terminal->before;
		make_raw(&terminal->raw);
		terminal->is_raw = true;
	}
	tcsetattr(STDIN_FILENO, TCSANOW, &terminal->raw);
}

void terminal_enter(struct terminal *terminal)
{
	if (!terminal)
		return;
	if (in_background(terminal))
		terminal_leave(terminal);
	else
		set_raw(terminal);
}

/* As QEMU does for a console on standard input. */
static void make_qemus(struct termios *mode)
{
	mode->c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR |
				     ICRNL | IXON);
	mode->c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN);
}

void terminal_lend(struct terminal *terminal)
{
	if (!terminal || tcgetattr(STDIN_FILENO, &terminal->before))
		return;
	terminal->raw = terminal->before;
	make_qemus(&terminal->raw);
	terminal->is_raw = true;
}

bool terminal_is_awaited(const struct terminal *terminal)
{
	return terminal && !terminal->is_raw;
}

void terminal_close(struct terminal *terminal)
{
	if (terminal)
		munmap(terminal, sizeof(*terminal));
}
