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
#include "keeper.h"
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

/* The file of the socket. */
struct place {
	const char *path;
	struct socket_file file;
};

static void remove_file(const void *argument)
{
	const struct place *place = argument;

	socket_file_remove(place->path, &place->file);
}

/* A signal may end this process while it waits: the keeper then removes the file. */
static int accept_kept(int listener, const struct place *place, const char *guest,
		       struct message *message)
{
	struct keeper keeper = { 0 };
	int connection = keeper_start(&keeper, remove_file, place, message);

	if (!connection) {
		print_command(place->path, guest);
		connection = wait_for_own_user(listener);
		if (connection < 0)
			fail(message, -connection, "--gdb %s: %s", place->path,
			     strerror(-connection));
	}
	remove_file(place);
	keeper_end(&keeper);
	return connection;
}

static int accept_at(int listener, const char *path, const char *guest,
		     struct message *message)
{
	struct place place = { .path = path };
	int error = socket_file_bind(listener, path, 0177, &place.file);

	if (!error && listen(listener, 1)) {
		error = -errno;
		remove_file(&place);
	}
	return error ? fail(message, -error, "--gdb %s: %s", path, strerror(-error))
		     : accept_kept(listener, &place, guest, message);
}

int gdb_socket_accept(const char *path, const char *guest, struct message *message)
{
	const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int connection;

	if (listener < 0)
		return fail(message, errno, "--gdb %s: %s", path, strerror(errno));
	connection = accept_at(listener, path, guest, message);
	close(listener);
	return connection;
}
