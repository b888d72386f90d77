/* One connection. See control_client.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/printable.h"
#include "control_client.h"
#include "control_command.h"

static int connect_to(const char *path, struct message *message)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		return fail(message, ENAMETOOLONG, "ctl %s: %s", path,
			    strerror(ENAMETOOLONG));
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address))) {
		const int error = errno;

		if (fd >= 0)
			close(fd);
		return fail(message, error, "ctl %s: %s", path, strerror(error));
	}
	return fd;
}

/* Another user's process could print to the terminal, or learn what is asked. */
static int check_server(int fd, const char *path, struct message *message)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size))
		return fail(message, errno, "ctl %s: %s", path, strerror(errno));
	if (peer.uid != geteuid())
		return fail(message, EPERM,
			    "ctl %s: socket of user %u (expected the same user)", path,
			    (unsigned)peer.uid);
	return 0;
}

static int send_words(int fd, int count, char **words, struct message *message)
{
	char text[CONTROL_MAX_LINE];
	size_t used = 0;

	for (int i = 0; i < count; i++) {
		const int length = snprintf(text + used, sizeof(text) - used, "%s%c",
					    words[i], i + 1 < count ? ' ' : '\n');

		used += (size_t)length;
		if (used >= sizeof(text))
			return fail(message, E2BIG, "ctl: command longer than %d bytes",
				    CONTROL_MAX_LINE - 1);
	}
	if (send(fd, text, used, MSG_NOSIGNAL) != (ssize_t)used)
		return fail(message, errno, "ctl: %s", strerror(errno));
	return 0;
}

/* A line whose fields are separated by tabs. */
static void print_fields(char *line)
{
	char *field;

	line[strcspn(line, "\n")] = 0;
	while ((field = strsep(&line, "\t"))) {
		print_escaped(field, stdout);
		putchar(line ? '\t' : '\n');
	}
}

/* The first line says whether the rest is the answer. */
static int read_answer(FILE *in, struct message *message)
{
	char line[CONTROL_MAX_LINE];
	char *text = NULL;
	size_t size = 0;

	if (!fgets(line, sizeof(line), in))
		return fail(message, EPROTO,
			    "ctl: no answer (the guest has ended, or is another user's)");
	line[strcspn(line, "\n")] = 0;
	if (strcmp(line, "ok"))
		return fail(message, EINVAL, "ctl: %s",
			    strncmp(line, "error ", 6) ? line : line + 6);
	while (getline(&text, &size, in) > 0)
		print_fields(text);
	free(text);
	return 0;
}

static int print_answer(int fd, struct message *message)
{
	FILE *in = fdopen(fd, "r");
	int error;

	if (!in) {
		close(fd);
		return fail(message, ENOMEM, "out of memory");
	}
	error = read_answer(in, message);
	fclose(in);
	return error;
}

const char control_client_help[] =
	"usage: host-wrapper ctl PATH COMMAND\n"
	"\n"
	"Sends a command to the socket PATH of a guest started with --control PATH.\n"
	"\n"
	"  list               print each import with its provider, and if it is traced "
	"or\n"
	"                     revoked\n"
	"  stats              print the counters of --stats\n"
	"  vcpu               print the state of the virtual CPU\n"
	"  trace on PATTERN   print the calls of functions that match, without "
	"interrupts\n"
	"                     and waits\n"
	"  trace off PATTERN  stop that\n"
	"  revoke PATTERN     make the next call of each such function a fault\n"
	"  restore PATTERN    undo revoke\n"
	"  use PATTERN PROVIDER\n"
	"                     let them be served by that provider, which --provider or\n"
	"                     --standby names\n"
	"  raise VECTOR       raise an interrupt vector, 0..63\n"
	"  stop               send SIGTERM to the guest's runner\n"
	"\n"
	"Exit status: 0, or 125 if the command was not carried out.\n";

bool control_client_asks_for_help(int count, char **words)
{
	const char *last = count ? words[count - 1] : "";

	return count <= 2 && (!strcmp(last, "--help") || !strcmp(last, "-h") ||
			      (count == 2 && !strcmp(last, "help")));
}

int control_client(int count, char **words, struct message *message)
{
	int fd, error;

	if (count < 2)
		return fail(message, EINVAL,
			    "ctl: expected PATH COMMAND; see host-wrapper ctl "
			    "--help");
	fd = connect_to(words[0], message);
	if (fd < 0)
		return fd;
	error = check_server(fd, words[0], message);
	if (!error)
		error = send_words(fd, count - 1, words + 1, message);
	if (!error)
		return print_answer(fd, message);
	close(fd);
	return error;
}
