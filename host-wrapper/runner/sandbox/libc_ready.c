/* Buffers of stdio, and the time zone. See libc_ready.h. */
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "libc_ready.h"

#define SIZE 4096

/* As stdio chooses the mode, unless a provider has chosen already. */
static void give_buffer(FILE *stream, int fd, char *buffer)
{
	if (!__fbufsize(stream))
		setvbuf(stream, buffer, isatty(fd) ? _IOLBF : _IOFBF, SIZE);
}

void libc_ready(void)
{
	static char input[SIZE], output[SIZE];

	give_buffer(stdin, STDIN_FILENO, input);
	give_buffer(stdout, STDOUT_FILENO, output);
	/* Without the variable, localtime() looks each time whether the file is another.
	 */
	setenv("TZ", ":/etc/localtime", 0);
	tzset();
}
