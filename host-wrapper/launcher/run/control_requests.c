/* Records in the pipe, which the runner carries out in order. See control_requests.h. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/monotonic.h"
#include "control_requests.h"

/* The longest time for the runner to carry out a command, however many functions match.
 */
#define RUNNER_NS UINT64_C(2000000000)

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

	snprintf(wrong, sizeof(control->client.wrong), "no import has such a name%s%s",
		 similar ? "; similar: " : "", similar ? similar : "");
	return wrong;
}

const char *control_requests_begin(struct control *control, uint32_t operation,
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

void control_requests_note(struct control *control, const struct control_target *target)
{
	size_t count;

	if (!control->sent_count)
		return; /* always so without --control */
	count = (uint32_t)(done_by(target) - control->sent[0].sequence + 1);
	if (count > control->sent_count)
		return; /* the first is not done */
	for (size_t i = 0; i < count; i++)
		if (control->sent[i].operation != CONTROL_RAISE)
			note(control, &control->sent[i]);
	forget_sent(control, count);
}

void control_requests_settle(struct control *control, const struct control_target *target)
{
	int unread = 0;

	if (!control->sent_count || ioctl(control->pipe, FIONREAD, &unread))
		return;
	trace_shared(target->trace)->done =
		control->sequence -
		(uint32_t)((size_t)unread / sizeof(struct control_request));
	control_requests_note(control, target);
}

bool control_requests_send(struct control *control)
{
	struct control_client *client = &control->client;

	while (!client->is_sent) {
		const struct control_request record = next_record(control);

		if (control->sent_count == CONTROL_MAX_SENT ||
		    write(control->pipe, &record, sizeof(record)) != sizeof(record))
			return false;
		control->sequence++;
		control->sent[control->sent_count++] = record;
		client->is_sent = !next_request(control);
	}
	return true;
}

bool control_requests_are_done(const struct control *control,
			       const struct control_target *target)
{
	return done_by(target) == control->sequence;
}

const char *control_requests_use(struct control *control, const char *pattern,
				 const char *provider)
{
	if (!control->used)
		control->used =
			calloc(control->guest->table.count + 1, sizeof(*control->used));
	return control->used
		       ? control_requests_begin(control, CONTROL_USE, pattern, provider)
		       : "out of memory";
}

const char *control_requests_raise(struct control *control, const char *text)
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

/* A client's command may be on its way, so the memory stays. */
void control_restarted(struct control *control, const struct control_target *target)
{
	const size_t count = control->guest->table.count;

	control_requests_settle(control, target);
	if (control->used)
		memset(control->used, 0, count * sizeof(*control->used));
	if (control->changes)
		memset(control->changes, 0, count);
}
