/* Line by line. See monitor_log.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "monitor_log.h"

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Exactly `size` bytes in hexadecimal. */
static bool read_hex(const char *text, void *to, size_t size)
{
	unsigned char *bytes = to;

	if (strlen(text) != 2 * size)
		return false;
	for (size_t i = 0; i < size; i++) {
		const int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

/* A number up to `max` and the space after it. */
static bool read_number(const char **text, unsigned long max, unsigned *number)
{
	char *end;
	unsigned long value;

	if (digit(**text) < 0 || digit(**text) > 9)
		return false;
	value = strtoul(*text, &end, 10);
	if (value > max || *end != ' ')
		return false;
	*text = end + 1;
	*number = (unsigned)value;
	return true;
}

/* "PARTITION SIGNAL STATUS OUTCOME", once for each partition. */
static bool take_end(const char *text, struct monitor_run *run, size_t count)
{
	unsigned partition, signal, status;
	struct monitor_end *end;

	if (!read_number(&text, count - 1, &partition) ||
	    !read_number(&text, 64, &signal) || !read_number(&text, 255, &status))
		return false;
	end = &run->ends[partition];
	if (end->has_ended || !read_hex(text, &end->outcome, sizeof(end->outcome)))
		return false;
	end->has_ended = true;
	end->signal = (int)signal;
	end->status = (int)status;
	return true;
}

static bool read_long(const char **text, uint64_t *number)
{
	char *end;

	if (digit(**text) < 0 || digit(**text) > 9)
		return false;
	errno = 0;
	*number = strtoull(*text, &end, 10);
	if (errno || *end != ' ')
		return false;
	*text = end + 1;
	return true;
}

/* "TIME PARTITION ERROR ACTION COUNT PC ADDRESS" and a space. */
static bool take_health(const char *text, struct monitor_run *run, size_t count)
{
	struct monitor_event event = { 0 };

	if (!read_long(&text, &event.time_ns) ||
	    !read_number(&text, count - 1, &event.partition) ||
	    !read_number(&text, BOOT_ERRORS - 1, &event.error) ||
	    !read_number(&text, BOOT_ACTIONS - 1, &event.action) ||
	    !read_number(&text, UINT32_MAX, &event.count) ||
	    !read_long(&text, &event.pc) || !read_long(&text, &event.address) || *text)
		return false;
	if (run->event_count == MONITOR_MAX_EVENTS)
		run->lost_events++;
	else
		run->events[run->event_count++] = event;
	return true;
}

/* "N " */
static bool take_missed(const char *text, struct monitor_run *run)
{
	unsigned missed;

	if (!read_number(&text, UINT32_MAX, &missed) || *text)
		return false;
	run->lost_events += missed;
	return true;
}

/* "PARTITION " */
static bool take_halt(const char *text, struct monitor_run *run, size_t count)
{
	unsigned partition;

	if (!read_number(&text, count - 1, &partition) || *text ||
	    run->ends[partition].has_ended)
		return false;
	run->ends[partition].has_ended = run->ends[partition].is_halted = true;
	return true;
}

/* "PARTITION COUNT ", before the partition's end. */
static bool take_restarts(const char *text, struct monitor_run *run, size_t count)
{
	unsigned partition, restarts;

	if (!read_number(&text, count - 1, &partition) ||
	    !read_number(&text, UINT32_MAX, &restarts) || *text ||
	    run->ends[partition].has_ended)
		return false;
	run->ends[partition].restarts = restarts;
	return true;
}

/* All partitions start again. */
static bool take_reset(struct monitor_run *run)
{
	memset(run->ends, 0, sizeof(run->ends));
	return true;
}

static const char *after(const char *line, const char *word)
{
	const size_t length = strlen(word);

	return strncmp(line, word, length) ? NULL : line + length;
}

static bool take_line(struct monitor_log *log, struct monitor_run *run, size_t count)
{
	const char *line = log->line, *rest;

	if (!strcmp(line, "started"))
		return true;
	if (!strcmp(line, "done")) {
		log->is_done = true;
		return true;
	}
	rest = after(line, "refused: ");
	if (rest)
		fail(&log->refusal, 0, "%s", rest);
	if (rest)
		return true;
	if (!strcmp(line, "reset"))
		return take_reset(run);
	if ((rest = after(line, "health ")))
		return take_health(rest, run, count);
	if ((rest = after(line, "missed ")))
		return take_missed(rest, run);
	if ((rest = after(line, "restarts ")))
		return take_restarts(rest, run, count);
	if ((rest = after(line, "halt ")))
		return take_halt(rest, run, count);
	rest = after(line, "end ");
	return rest && take_end(rest, run, count);
}

static void end_line(struct monitor_log *log, struct monitor_run *run, size_t count)
{
	log->line[log->length] = 0;
	if (!take_line(log, run, count))
		log->is_damaged = true;
	log->length = 0;
}

void monitor_log_take(struct monitor_log *log, const char *bytes, size_t size,
		      struct monitor_run *run, size_t count)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] == '\n')
			end_line(log, run, count);
		else if (log->length < sizeof(log->line) - 1)
			log->line[log->length++] = bytes[i];
		else
			log->is_damaged = true;
	}
}
