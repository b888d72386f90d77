/* One client at a time, which never makes the supervisor wait. See control.h. */
#define _GNU_SOURCE
#include "control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/monotonic.h"
#include "control_answers.h"
#include "control_requests.h"

#define MS_NS UINT64_C(1000000)
/* The longest time to send a command, and again to read its answer. */
#define CLIENT_NS (1000 * MS_NS)
/* The time between looks at what the runner has carried out. */
#define RUNNER_LOOK_NS MS_NS

static bool is_same_user(int client)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return !getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &size) &&
	       peer.uid == geteuid();
}

static void drop_client(struct control *control)
{
	close(control->client.fd);
	free(control->client.text);
	control->client = (struct control_client){ .fd = -1 };
}

static void accept_client(struct control *control)
{
	const int fd =
		accept4(control->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	control->client =
		(struct control_client){ .fd = fd,
					 .deadline = monotonic_ns() + CLIENT_NS };
	if (!is_same_user(fd))
		drop_client(control);
}

/* Begins the answer: `text` after the line that says whether the command succeeded. */
static void begin_answer(struct control *control, const char *wrong, const char *text)
{
	struct control_client *client = &control->client;
	const int size = asprintf(&client->text, "%s%s\n%s", wrong ? "error " : "ok",
				  wrong ? wrong : "", wrong ? "" : text);

	if (size < 0) {
		client->text = NULL;
		drop_client(control);
		return;
	}
	client->step = CONTROL_ANSWERS;
	client->size = (size_t)size;
	client->deadline = monotonic_ns() + CLIENT_NS;
}

static void begin_command(struct control *control, const struct control_target *target)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	const char *wrong;

	if (!out) {
		drop_client(control);
		return;
	}
	wrong = control_answers_execute(control, target, control->client.command, out);
	if (fclose(out))
		wrong = "out of memory";
	if (wrong || control->client.step == CONTROL_READS)
		begin_answer(control, wrong, text);
	free(text);
}

/* Reads what there is. */
static void read_command(struct control *control, const struct control_target *target)
{
	struct control_client *client = &control->client;
	const size_t room = sizeof(client->command) - client->used;
	const ssize_t count = recv(client->fd, client->command + client->used, room, 0);
	char *end;

	if (count < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (count <= 0) {
		drop_client(control);
		return;
	}
	end = memchr(client->command + client->used, '\n', (size_t)count);
	client->used += (size_t)count;
	if (end) {
		*end = 0;
		if (memchr(client->command, 0, (size_t)(end - client->command)))
			begin_answer(control, "invalid command; it has a byte 0", NULL);
		else
			begin_command(control, target);
	} else if (client->used == sizeof(client->command)) {
		drop_client(control);
	}
}

static void pass_requests(struct control *control, const struct control_target *target)
{
	const bool is_sent = control_requests_send(control);

	control_requests_note(control, target);
	if (is_sent && control_requests_are_done(control, target))
		begin_answer(control, NULL, "");
}

/* Sends what the client takes. */
static void send_answer(struct control *control)
{
	struct control_client *client = &control->client;
	const ssize_t count = send(client->fd, client->text + client->sent,
				   client->size - client->sent, MSG_NOSIGNAL);

	if (count < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (count > 0)
		client->sent += (size_t)count;
	if (count <= 0 || client->sent == client->size)
		drop_client(control);
}

static void end_late(struct control *control)
{
	if (control->client.fd < 0 || monotonic_ns() < control->client.deadline)
		return;
	if (control->client.step == CONTROL_REQUESTS)
		begin_answer(control, "the guest does not answer", "");
	else
		drop_client(control);
}

struct pollfd control_poll(const struct control *control)
{
	struct pollfd its = { .fd = control->listener, .events = POLLIN };

	if (control->client.fd < 0)
		return its;
	its.fd = control->client.step == CONTROL_REQUESTS ? -1 : control->client.fd;
	its.events = control->client.step == CONTROL_ANSWERS ? POLLOUT : POLLIN;
	return its;
}

uint64_t control_look(const struct control *control)
{
	const uint64_t look = monotonic_ns() + RUNNER_LOOK_NS;

	if (control->client.fd < 0)
		return 0;
	return control->client.step == CONTROL_REQUESTS && look < control->client.deadline
		       ? look
		       : control->client.deadline;
}

void control_serve(struct control *control, const struct control_target *target,
		   bool is_ready)
{
	struct control_client *client = &control->client;

	control_requests_note(control, target);
	if (is_ready && client->fd < 0)
		accept_client(control);
	else if (is_ready && client->step == CONTROL_READS)
		read_command(control, target);
	if (client->fd >= 0 && client->step == CONTROL_REQUESTS)
		pass_requests(control, target);
	if (client->fd >= 0 && client->step == CONTROL_ANSWERS)
		send_answer(control);
	end_late(control);
}

void control_end(struct control *control, const struct control_target *target)
{
	struct control_client *client = &control->client;

	control_requests_settle(control, target);
	if (control->listener >= 0)
		close(control->listener);
	control->listener = -1;
	if (client->fd < 0)
		return;
	if (client->step == CONTROL_REQUESTS)
		begin_answer(control,
			     client->is_sent && control_requests_are_done(control, target)
				     ? NULL
				     : "the guest has ended",
			     "");
	if (client->fd >= 0 && client->step == CONTROL_ANSWERS)
		send_answer(control);
	if (client->fd >= 0)
		drop_client(control);
}
