/*
 * Terminals: a guest can look at their modes and not change them. Depends on newlib and
 * newlib_calls.h.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "errors.h"
#include "newlib_calls.h"

#define CONTROL(letter) ((letter)&0x1f)

static int get(int file, struct newlib_terminal *terminal)
{
	return (int)errors_take(newlib_terminal(file, terminal));
}

int isatty(int file)
{
	struct newlib_terminal terminal;

	return !get(file, &terminal);
}

int tcgetattr(int file, struct termios *modes)
{
	static const cc_t characters[NCCS] = {
		[VINTR] = CONTROL('C'),	 [VQUIT] = CONTROL('\\'), [VERASE] = 0x7f,
		[VKILL] = CONTROL('U'),	 [VEOF] = CONTROL('D'),	  [VMIN] = 1,
		[VSTART] = CONTROL('Q'), [VSTOP] = CONTROL('S'),  [VSUSP] = CONTROL('Z'),
	};
	struct newlib_terminal terminal;

	if (get(file, &terminal))
		return -1;
	*modes = (struct termios){
		.c_iflag = terminal.modes & NEWLIB_CR_TO_NL ? ICRNL : 0,
		.c_oflag = terminal.modes & NEWLIB_NL_TO_CRNL ? OPOST | ONLCR : 0,
		.c_cflag = CS8 | CREAD | CLOCAL,
		.c_lflag = (terminal.modes & NEWLIB_LINES ? ICANON : 0u) |
			   (terminal.modes & NEWLIB_ECHO ? ECHO : 0u) |
			   (terminal.modes & NEWLIB_SIGNALS ? ISIG : 0u),
		.c_ispeed = B38400,
		.c_ospeed = B38400,
	};
	memcpy(modes->c_cc, characters, sizeof(characters));
	return 0;
}

/* Only the modes that the terminal has. POSIX says success if any change was made. */
int tcsetattr(int file, int when, const struct termios *modes)
{
	struct termios now;

	if (tcgetattr(file, &now))
		return -1;
	if (when >= TCSANOW && when <= TCSAFLUSH && !memcmp(&now, modes, sizeof(now)))
		return 0;
	errno = EINVAL;
	return -1;
}

speed_t cfgetispeed(const struct termios *modes)
{
	return modes->c_ispeed;
}

speed_t cfgetospeed(const struct termios *modes)
{
	return modes->c_ospeed;
}

/* Only the size of a terminal. */
int ioctl(int file, int request, ...)
{
	struct newlib_terminal terminal;
	struct winsize *size;
	va_list list;

	if (get(file, &terminal))
		return -1;
	if (request != TIOCGWINSZ) {
		errno = EINVAL;
		return -1;
	}
	va_start(list, request);
	size = va_arg(list, struct winsize *);
	va_end(list);
	*size = (struct winsize){ .ws_row = (unsigned short)terminal.rows,
				  .ws_col = (unsigned short)terminal.columns };
	return 0;
}
