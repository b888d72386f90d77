/* One connection of the same user. See gdb_socket.h. */
#define _GNU_SOURCE
#include "gdb_socket.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/printable.h"
#include "socket_file.h"

static bool is_own_user(int connection)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return !getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) &&
	       (!peer.uid || peer.uid == geteuid());
}

/* Returns a connection of this user, or a negative errno. */
static int wait_for_own_user(int listener)
{
	for (;;) {
		const int connection = accept(listener, NULL, NULL);

		if (connection < 0 && errno != EINTR && errno != ECONNABORTED)
			return -errno;
		if (connection >= 0 && is_own_user(connection))
			return connection;
		if (connection >= 0)
			close(connection);
	}
}

static void print_command(const char *path, const char *guest)
{
	fputs("host-wrapper: ", stderr);
	print_escaped(guest, stderr);
	fputs(": waits for a debugger: gdb -ex 'target remote ", stderr);
	print_escaped(path, stderr);
	fputs("' ", stderr);
	print_escaped(guest, stderr);
	fputs("\n", stderr);
}

static int accept_at(int listener, const char *path, const char *guest)
{
	struct stat status;
	int connection = socket_file_bind(listener, path, 0177, &status);

	if (connection)
		return connection;
	if (listen(listener, 1))
		connection = -errno;
	if (!connection) {
		print_command(path, guest);
		connection = wait_for_own_user(listener);
	}
	unlink(path);
	return connection;
}

int gdb_socket_accept(const char *path, const char *guest, struct message *message)
{
	const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int connection = listener < 0 ? -errno : accept_at(listener, path, guest);

	if (listener >= 0)
		close(listener);
	if (connection < 0)
		return fail(message, -connection, "--gdb %s: %s", path,
			    strerror(-connection));
	return connection;
}
