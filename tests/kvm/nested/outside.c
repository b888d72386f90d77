/*
 * Runs a command outside of the nested machine, whose processor is emulated: its files
 * are those of this machine, at the same paths. The command has the name that this
 * program is called by. Sends a line through the second serial port, and gets one back.
 * Static, and depends on Linux alone. tests/kvm/nested_suite.py is the other end.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <termios.h>
#include <unistd.h>

#define FAILED 121

static FILE *open_serial(void)
{
	const int fd = open("/dev/ttyS1", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios mode;
	FILE *serial;

	/* One command at a time. */
	if (fd < 0 || flock(fd, LOCK_EX) || tcgetattr(fd, &mode))
		err(FAILED, "/dev/ttyS1");
	cfmakeraw(&mode);
	tcsetattr(fd, TCSAFLUSH, &mode);
	serial = fdopen(fd, "r+");
	if (!serial)
		err(FAILED, "/dev/ttyS1");
	return serial;
}

/* A word in hexadecimal, after a space. */
static void send(FILE *serial, const char *word)
{
	putc(' ', serial);
	for (; *word; word++)
		fprintf(serial, "%02x", (unsigned char)*word);
}

/* The output is removed here: this machine may have it in its cache. */
static void remove_output(char **words)
{
	for (; *words; words++)
		if (!strcmp(*words, "-o") && words[1])
			unlink(words[1]);
}

static void print_hex(const char *text, FILE *file)
{
	unsigned byte;

	for (; sscanf(text, "%2x", &byte) == 1; text += 2)
		putc((int)byte, file);
}

/* The line that answers this process; one that was killed may have left another. */
static char *receive(FILE *serial)
{
	char *line = NULL;
	size_t size = 0;
	long number;

	while (getline(&line, &size, serial) > 0)
		if (sscanf(line, "%ld ", &number) == 1 && number == getpid())
			return line;
	err(FAILED, "/dev/ttyS1");
}

/* "process status -output -errors" */
static int answer(char *line)
{
	char *rest;
	int status;

	strtok_r(line, " \n", &rest);
	status = atoi(strtok_r(NULL, " \n", &rest));
	print_hex(strtok_r(NULL, " \n", &rest) + 1, stdout);
	print_hex(strtok_r(NULL, " \n", &rest) + 1, stderr);
	return status;
}

int main(int argc, char **argv)
{
	FILE *serial = open_serial();
	char directory[PATH_MAX];

	if (!argc || !getcwd(directory, sizeof(directory)))
		err(FAILED, "working directory");
	remove_output(argv);
	fprintf(serial, "%ld", (long)getpid());
	send(serial, directory);
	send(serial, basename(argv[0]));
	for (char **word = argv + 1; *word; word++)
		send(serial, *word);
	putc('\n', serial);
	fflush(serial);
	return answer(receive(serial));
}
