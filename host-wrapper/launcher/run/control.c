/* One client at a time, which never makes the supervisor wait. See control.h. */
#define _GNU_SOURCE
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/monotonic.h"
#include "common/printable.h"
#include "launcher/control_command.h"
#include "launcher/trace/stats.h"
#include "socket_file.h"
#include "vcpu_report.h"

#define MS_NS UINT64_C(1000000)
/* The longest time to send a command, and again to read its answer. */
#define CLIENT_NS (1000 * MS_NS)
/* The longest time for the runner to carry out a command, however many functions match.
 */
#define RUNNER_NS (2000 * MS_NS)
/* The time between looks at what the runner has carried out. */
#define RUNNER_LOOK_NS MS_NS

/* Requests that wait for the runner, at most: more than a pipe takes. */
#define MAX_SENT 8192

/* Changes of an import since the start, in control.changes. */
#define CHANGE_TRACE_ON	 0x1
#define CHANGE_TRACE_OFF 0x2
#define CHANGE_REVOKED	 0x4

static int make_socket(struct control *control, struct irq_line *line)
{
	struct stat status;
	int error;

	control->listener =
		socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (control->listener < 0)
		return -errno;
	error = socket_file_bind(control->listener, line->path, 0177, &status);
	if (error)
		return error;
	if (listen(control->listener, 8))
		return -errno;
	line->device = status.st_dev;
	line->inode = status.st_ino;
	return 0;
}

int control_try(const char *path, struct message *message)
{
	struct control control = { .listener = -1 };
	struct irq_line line = { .path = path };
	const int error = path ? make_socket(&control, &line) : 0;

	if (control.listener >= 0)
		close(control.listener);
	if (error)
		return fail(message, -error, "--control %s: %s", path, strerror(-error));
	if (path)
		socket_file_remove(path, line.device, line.inode);
	return 0;
}

int control_open(struct control *control, const char *path, struct irq_lines *lines,
		 struct message *message)
{
	struct irq_line *line = &lines->lines[lines->count];
	int ends[2], error;

	control->listener = -1;
	control->client.fd = -1;
	if (!path)
		return 0;
	control->sent = calloc(MAX_SENT, sizeof(*control->sent));
	if (!control->sent)
		return fail(message, ENOMEM, "out of memory");
	if (pipe2(ends, O_CLOEXEC))
		return fail(message, errno, "--control: %s", strerror(errno));
	fcntl(ends[0], F_SETFD, 0); /* the runner inherits it */
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	control->pipe = ends[1];
	*line = (struct irq_line){ .kind = PLAN_LINE_CONTROL,
				   .descriptor = ends[0],
				   .path = path };
	error = make_socket(control, line);
	if (error)
		return fail(message, -error, "--control %s: %s", path, strerror(-error));
	lines->count++;
	return 0;
}

/* Begins a command that the runner carries out: `pattern` names functions, or is NULL and
 * `number` is all. */
static void begin_requests(struct control_client *client, uint32_t operation,
			   const char *pattern, uint32_t number)
{
	client->step = CONTROL_REQUESTS;
	client->operation = operation;
	client->pattern = pattern;
	client->number = number;
	client->deadline = monotonic_ns() + RUNNER_NS;
}

/* The standby of that name for an import, or NULL. */
static const struct standby *find_standby(const struct linked_guest *guest,
					  uint32_t import, const char *name)
{
	for (size_t i = 0; i < guest->standbys.count; i++) {
		const struct standby *standby = &guest->standbys.entries[i];

		if (standby->import == import &&
		    !strcmp(guest->providers[standby->provider].name, name))
			return standby;
	}
	return NULL;
}

/* The provider of that name whose function an import may use; -1: none. */
static int find_provider(const struct linked_guest *guest, uint32_t import,
			 const char *name)
{
	const size_t own = guest->result.links[import].provider;
	const struct standby *standby = find_standby(guest, import, name);

	if (standby)
		return (int)standby->provider;
	return strcmp(guest->providers[own].name, name) ? -1 : (int)own;
}

static bool is_matched(const struct linked_guest *guest, const char *pattern, size_t i)
{
	return guest->result.links[i].status == LINK_BOUND &&
	       !fnmatch(pattern, guest->table.imports[i].name, 0);
}

/* Whether the command concerns that import. */
static bool is_meant(const struct control *control, size_t i)
{
	const struct control_client *client = &control->client;

	return is_matched(control->guest, client->pattern, i) &&
	       (client->operation != CONTROL_USE ||
		find_provider(control->guest, (uint32_t)i, client->provider) >= 0);
}

/* Says that the pattern matches nothing, and what it probably means. */
static const char *refuse_pattern(struct control *control, const char *pattern)
{
	char *wrong = control->client.wrong;
	const char *similar = linked_guest_similar(control->guest, pattern, true);

	snprintf(wrong, sizeof(control->client.wrong), "no function has such a name%s%s",
		 similar ? "; similar: " : "", similar ? similar : "");
	return wrong;
}

/* `provider`: for CONTROL_USE. */
static const char *begin_calls(struct control *control, uint32_t operation,
			       const char *pattern, const char *provider)
{
	const char *wrong = NULL;

	if (!control->changes)
		control->changes = calloc(control->guest->table.count + 1, 1);
	if (!control->changes)
		return "out of memory";
	control->client.operation = operation;
	control->client.pattern = pattern;
	control->client.provider = provider;
	for (uint32_t i = 0; i < control->guest->table.count; i++) {
		if (is_meant(control, i)) {
			begin_requests(&control->client, operation, pattern, i);
			return NULL;
		}
		if (is_matched(control->guest, pattern, i))
			wrong = "no provider of that name has such a function (expected "
				"one as --provider or --standby names it)";
	}
	return wrong ? wrong : refuse_pattern(control, pattern);
}

/* Sets `number` to the next import that matches. Returns false if there is none. */
static bool next_request(struct control *control)
{
	struct control_client *client = &control->client;

	if (!client->pattern)
		return false;
	while (++client->number < control->guest->table.count)
		if (is_meant(control, client->number))
			return true;
	return false;
}

static struct control_request next_record(struct control *control)
{
	const struct control_client *client = &control->client;
	struct control_request record = { control->sequence + 1, client->operation,
					  client->number, 0 };

	if (client->operation == CONTROL_USE) {
		record.provider = (uint32_t)find_provider(control->guest, client->number,
							  client->provider);
	}
	return record;
}

/* Remembers for the answer of "list" what the runner has done. */
static void note(struct control *control, const struct control_request *request)
{
	unsigned char *change = &control->changes[request->number];

	switch (request->operation) {
	case CONTROL_USE:
		control->used[request->number] = 1 + request->provider;
		break;
	case CONTROL_TRACE_ON:
		*change = (*change & CHANGE_REVOKED) | CHANGE_TRACE_ON;
		break;
	case CONTROL_TRACE_OFF:
		*change = (*change & CHANGE_REVOKED) | CHANGE_TRACE_OFF;
		break;
	case CONTROL_REVOKE:
		*change |= CHANGE_REVOKED;
		break;
	case CONTROL_RESTORE:
		*change &= CHANGE_TRACE_ON | CHANGE_TRACE_OFF;
		break;
	}
}

static void forget_sent(struct control *control, size_t count)
{
	control->sent_count -= count;
	memmove(control->sent, control->sent + count,
		control->sent_count * sizeof(*control->sent));
}

/* The guest may write `done`, too: then it only deceives the client. */
static uint32_t done_by(const struct control_target *target)
{
	const volatile struct trace_shared *shared = trace_shared(target->trace);

	return shared->done;
}

/* Notes what the runner has carried out: it does so in order. */
static void note_done(struct control *control, const struct control_target *target)
{
	size_t count;

	if (!control->sent_count)
		return; /* or there is no control */
	count = (uint32_t)(done_by(target) - control->sent[0].sequence + 1);
	if (count > control->sent_count)
		return; /* the first is not done */
	for (size_t i = 0; i < count; i++)
		if (control->sent[i].operation != CONTROL_RAISE)
			note(control, &control->sent[i]);
	forget_sent(control, count);
}

/* Passes requests on without waiting. Returns whether all are. */
static bool send_requests(struct control *control)
{
	struct control_client *client = &control->client;

	while (!client->is_sent) {
		const struct control_request record = next_record(control);

		if (control->sent_count == MAX_SENT ||
		    write(control->pipe, &record, sizeof(record)) != sizeof(record))
			return false;
		control->sequence++;
		control->sent[control->sent_count++] = record;
		client->is_sent = !next_request(control);
	}
	return true;
}

static bool is_done(const struct control *control, const struct control_target *target)
{
	return done_by(target) == control->sequence;
}

static const char *use_provider(struct control *control, const char *pattern,
				const char *provider)
{
	if (!control->used)
		control->used =
			calloc(control->guest->table.count + 1, sizeof(*control->used));
	return control->used ? begin_calls(control, CONTROL_USE, pattern, provider)
			     : "out of memory";
}

static const char *raise_vector(struct control *control, const char *text)
{
	char *end;
	unsigned long vector = strtoul(text, &end, 10);

	if (!*text || *end || vector >= JUMPSLOT_VECTORS)
		return "invalid vector; expected 0..63";
	if (!control->guest->table.vcpu_state)
		return "the guest takes no interrupts";
	begin_requests(&control->client, CONTROL_RAISE, NULL, (uint32_t)vector);
	return NULL;
}

/* The provider whose function an import's calls reach, or "-". */
static const char *provider_of(const struct control *control, size_t import)
{
	const struct link *link = &control->guest->result.links[import];
	size_t provider = link->provider;

	if (link->status != LINK_BOUND)
		return "-";
	if (control->used && control->used[import])
		provider = control->used[import] - 1;
	return control->guest->providers[provider].name;
}

static bool is_traced(const struct control *control, size_t import)
{
	const unsigned change = control->changes ? control->changes[import] : 0;

	if (change & (CHANGE_TRACE_ON | CHANGE_TRACE_OFF))
		return change & CHANGE_TRACE_ON;
	return import < control->watch->import_count &&
	       control->watch->imports[import].is_traced;
}

/* The third field of the list; "": calls are neither traced nor revoked. */
static const char *state_of(const struct control *control, size_t import)
{
	const bool traced = is_traced(control, import);

	if (control->changes && control->changes[import] & CHANGE_REVOKED)
		return traced ? "\trevoked,traced" : "\trevoked";
	return traced ? "\ttraced" : "";
}

static void list(const struct control *control, FILE *out)
{
	for (size_t i = 0; i < control->guest->table.count; i++) {
		print_escaped(control->guest->table.imports[i].name, out);
		fputc('\t', out);
		print_escaped(provider_of(control, i), out);
		fprintf(out, "%s\n", state_of(control, i));
	}
}

static const char *print_stats(const struct control *control,
			       const struct control_target *target, FILE *out)
{
	struct stats stats = { .counted = true };

	if (!control->counts)
		return "calls are not counted (start with --stats)";
	if (stats_take(&stats, target->trace, control->guest, monotonic_ns()))
		return "out of memory";
	stats_print(&stats, control->guest, out);
	stats_free(&stats);
	return NULL;
}

static const char *print_vcpu(const struct control_target *target, FILE *out)
{
	struct jumpslot_vcpu_state state;

	if (!vcpu_report_read(target->runner, target->outcome, &state))
		return "the guest takes no interrupts";
	vcpu_report_print(&state, out);
	return NULL;
}

/* Returns NULL, or why the command is not carried out. */
static const char *execute(struct control *control, const struct control_target *target,
			   char *command, FILE *out)
{
	char *word = strtok(command, " "), *first = strtok(NULL, " ");
	/* The last word may have blanks: a path of a provider. */
	char *second = first ? strtok(NULL, "") : NULL;

	if (word && !first && !strcmp(word, "list")) {
		list(control, out);
		return NULL;
	}
	if (word && !first && !strcmp(word, "stats"))
		return print_stats(control, target, out);
	if (word && !first && !strcmp(word, "vcpu"))
		return print_vcpu(target, out);
	if (word && !first && !strcmp(word, "stop"))
		return kill(target->runner, SIGTERM) ? "the guest has ended" : NULL;
	if (word && second && !strcmp(word, "trace") && !strcmp(first, "on"))
		return begin_calls(control, CONTROL_TRACE_ON, second, NULL);
	if (word && second && !strcmp(word, "trace") && !strcmp(first, "off"))
		return begin_calls(control, CONTROL_TRACE_OFF, second, NULL);
	if (word && first && !second && !strcmp(word, "revoke"))
		return begin_calls(control, CONTROL_REVOKE, first, NULL);
	if (word && first && !second && !strcmp(word, "restore"))
		return begin_calls(control, CONTROL_RESTORE, first, NULL);
	if (word && second && !strcmp(word, "use"))
		return use_provider(control, first, second);
	if (word && first && !second && !strcmp(word, "raise"))
		return raise_vector(control, first);
	return "invalid command; expected list, stats, vcpu, stop, trace on|off PATTERN, "
	       "revoke PATTERN, restore PATTERN, use PATTERN PROVIDER or raise VECTOR";
}

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
	wrong = execute(control, target, control->client.command, out);
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
	const bool is_sent = send_requests(control);

	note_done(control, target);
	if (is_sent && is_done(control, target))
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

	note_done(control, target);
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

/* Forgets requests that the runner has read, whether it has carried them out or not. */
static void forget_read(struct control *control)
{
	int bytes = 0;
	size_t left;

	if (!control->sent_count || ioctl(control->pipe, FIONREAD, &bytes))
		return;
	left = (size_t)bytes / sizeof(struct control_request);
	if (left < control->sent_count)
		forget_sent(control, control->sent_count - left);
}

/* A client's command may be on its way, so the memory stays. */
void control_restarted(struct control *control)
{
	const size_t count = control->guest->table.count;

	forget_read(control);

	if (control->used)
		memset(control->used, 0, count * sizeof(*control->used));
	if (control->changes)
		memset(control->changes, 0, count);
}

void control_end(struct control *control, const struct control_target *target)
{
	struct control_client *client = &control->client;

	note_done(control, target);
	if (control->listener >= 0)
		close(control->listener);
	control->listener = -1;
	if (client->fd < 0)
		return;
	if (client->step == CONTROL_REQUESTS)
		begin_answer(control,
			     client->is_sent && is_done(control, target)
				     ? NULL
				     : "the guest has ended",
			     "");
	if (client->fd >= 0 && client->step == CONTROL_ANSWERS)
		send_answer(control);
	if (client->fd >= 0)
		drop_client(control);
}
