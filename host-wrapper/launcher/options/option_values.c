/* See option_values.h. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include <jumpslot/external_abi.h>
#include "common/page.h"
#include "option_values.h"

static int read_size(const char *text, uint64_t *size)
{
	static const char units[] = "KMG";
	const char *unit;
	char *end;
	unsigned shift = 0;

	if (!*text || !strchr("0123456789", *text))
		return -EINVAL;
	errno = 0;
	*size = strtoull(text, &end, 10);
	if (*end && (unit = strchr(units, *end))) {
		shift = 10 * (unsigned)(unit - units + 1);
		end++;
	}
	/* No guest can use more than 2^40 bytes. */
	if (errno || *end || !*size || *size > (UINT64_C(1) << 40) >> shift)
		return -EINVAL;
	*size = PAGE_END(*size << shift);
	return 0;
}

static int take_size(uint64_t *size, const char *name, const char *value,
		     struct message *message)
{
	if (read_size(value, size))
		return fail(message, EINVAL,
			    "%s %s: invalid size; expected 1..1024G, optional suffix K, "
			    "M or G",
			    name, value);
	return 0;
}

/*
 * Ends a path at its first comma, and replaces "\\," in it by a comma. Returns where the
 * comma was, or NULL.
 */
static char *cut_path(char *path)
{
	char *to = path;

	for (char *at = path; *at; at++) {
		if (*at == ',') {
			*to = 0;
			return at;
		}
		if (at[0] == '\\' && at[1] == ',')
			at++;
		*to++ = *at;
	}
	*to = 0;
	return NULL;
}

/* Adds to `providers`. The limit is for all of a guest, those that stand by too. */
static int add_provider(struct options *options, struct provider_option *providers,
			size_t *count, const char *name, char *value,
			struct message *message)
{
	char *comma;

	if (options->provider_count + options->standby_count == OPTIONS_MAX_PROVIDERS)
		return fail(message, EINVAL, "%s %s: at most %u providers", name, value,
			    OPTIONS_MAX_PROVIDERS);
	comma = cut_path(value);
	if (!*value)
		return fail(message, EINVAL, "%s: missing file name", name);
	providers[(*count)++] = (struct provider_option){ value, comma ? comma + 1 : "" };
	return 0;
}

int option_take_provider(struct options *options, const char *name, char *value,
			 struct message *message)
{
	return add_provider(options, options->providers, &options->provider_count, name,
			    value, message);
}

int option_take_standby(struct options *options, const char *name, char *value,
			struct message *message)
{
	return add_provider(options, options->standbys, &options->standby_count, name,
			    value, message);
}

int option_take_bind(struct options *options, const char *name, char *value,
		     struct message *message)
{
	options->bind_now = !strcmp(value, "now");
	if (!options->bind_now && strcmp(value, "lazy"))
		return fail(message, EINVAL, "%s %s: invalid mode; expected lazy or now",
			    name, value);
	return 0;
}

int option_take_clock(struct options *options, const char *name, char *value,
		      struct message *message)
{
	options->clock_guest = !strcmp(value, "guest");
	if (!options->clock_guest && strcmp(value, "host"))
		return fail(message, EINVAL,
			    "%s %s: invalid clock; expected host or guest", name, value);
	return 0;
}

int option_take_host(struct options *options, const char *name, char *value,
		     struct message *message)
{
	options->kvm = !strcmp(value, "kvm");
	options->monitor = !strcmp(value, "monitor");
	if (!options->kvm && !options->monitor && strcmp(value, "process"))
		return fail(message, EINVAL,
			    "%s %s: invalid host; expected process, kvm or monitor", name,
			    value);
	return 0;
}

int option_take_image(struct options *options, const char *name, char *value,
		      struct message *message)
{
	options->image = value;
	return *value ? 0 : fail(message, EINVAL, "%s: missing file name", name);
}

int option_take_model(struct options *options, const char *name, char *value,
		      struct message *message)
{
	options->model = value;
	return *value ? 0 : fail(message, EINVAL, "%s: missing file name", name);
}

int option_take_stack(struct options *options, const char *name, char *value,
		      struct message *message)
{
	options->sized = name;
	return take_size(&options->stack_size, name, value, message);
}

int option_take_host_stack(struct options *options, const char *name, char *value,
			   struct message *message)
{
	return take_size(&options->host_stack_size, name, value, message);
}

int option_take_work_area(struct options *options, const char *name, char *value,
			  struct message *message)
{
	options->sized = name;
	return take_size(&options->work_area_size, name, value, message);
}

/* Reads a decimal number from `low` to `high`. Returns its end, or NULL if there is none.
 */
static char *read_number(char *text, long low, long high, int *number)
{
	char *end;
	long value;

	if (!*text || !strchr("0123456789", *text))
		return NULL;
	errno = 0;
	value = strtol(text, &end, 10);
	if (errno || value < low || value > high)
		return NULL;
	*number = (int)value;
	return end;
}

/* Reads the source of a line. Returns the reason if it is not valid, or NULL. */
static const char *read_source(struct line_option *line, char *source)
{
	char *end;

	if (!strncmp(source, "fd:", 3)) {
		end = read_number(source + 3, STDERR_FILENO + 1, INT_MAX,
				  &line->descriptor);
		return end && !*end ? NULL : "invalid descriptor; expected 3 or above";
	}
	if (strncmp(source, "unix:", 5))
		return "invalid source; expected fd:DESCRIPTOR or unix:PATH";
	line->path = source + 5;
	if (!*line->path ||
	    strlen(line->path) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return "invalid path of a socket; expected 1..107 bytes";
	return NULL;
}

static const char *read_line(struct options *options, char *value)
{
	struct line_option *line = &options->lines[options->line_count];
	int vector;
	char *end = read_number(value, 0, PLAN_LAST_LINE, &vector);

	if (!end || *end != '=')
		return "invalid line; expected 2..15, = and a source";
	if (vector == JUMPSLOT_VECTOR_CONSOLE)
		return "line 1 is the console; expected 2..15";
	if (vector < PLAN_FIRST_LINE)
		return "invalid line; expected 2..15, = and a source";
	for (size_t i = 0; i < options->line_count; i++)
		if (options->lines[i].vector == (unsigned)vector)
			return "line given twice";
	line->vector = (unsigned)vector;
	options->line_count++;
	return read_source(line, end + 1);
}

int option_take_line(struct options *options, const char *name, char *value,
		     struct message *message)
{
	const char *wrong = read_line(options, value);

	return wrong ? fail(message, EINVAL, "%s %s: %s", name, value, wrong) : 0;
}

int option_take_timeout(struct options *options, const char *name, char *value,
			struct message *message)
{
	char *end;
	double seconds = strtod(value, &end);

	if (end == value || *end || !(seconds > 0 && seconds <= 1e9))
		return fail(
			message, EINVAL,
			"%s %s: invalid number of seconds; expected above 0, up to 1e9",
			name, value);
	options->timeout_ns = (uint64_t)(seconds * 1e9) + 1;
	return 0;
}

int option_take_sandbox(struct options *options, const char *name, char *value,
			struct message *message)
{
	static const char *const words[] = {
		[SANDBOX_ON] = "on",
		[SANDBOX_STRICT] = "strict",
		[SANDBOX_OFF] = "off",
	};

	for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(value, words[i])) {
			options->sandbox = (enum sandbox_mode)i;
			return 0;
		}
	return fail(message, EINVAL, "%s %s: invalid mode; expected on, strict or off",
		    name, value);
}

/* Without a value, or with the format of another report. */
int option_take_report(struct options *options, const char *name, char *value,
		       struct message *message)
{
	if (value && strcmp(value, "json"))
		return fail(message, EINVAL, "%s=%s: invalid format; expected json", name,
			    value);
	if (value)
		options->report_json = true;
	else
		options->report = true;
	return 0;
}

/* Without a value: every function. */
int option_take_trace(struct options *options, const char *name, char *value,
		      struct message *message)
{
	options->trace = true;
	if (!value)
		return 0;
	if (!*value)
		return fail(message, EINVAL, "%s=: missing pattern", name);
	if (options->trace_pattern_count == OPTIONS_MAX_PATTERNS)
		return fail(message, EINVAL, "%s=%s: at most %u patterns", name, value,
			    OPTIONS_MAX_PATTERNS);
	options->trace_patterns[options->trace_pattern_count++] = value;
	return 0;
}

int option_take_trace_file(struct options *options, const char *name, char *value,
			   struct message *message)
{
	if (!*value)
		return fail(message, EINVAL, "%s: missing file name", name);
	if (!strcmp(value, "-"))
		return fail(message, EINVAL,
			    "%s -: standard output is the guest's console; expected "
			    "another file (./- is one of that name)",
			    name);
	options->trace = true;
	options->trace_file = value;
	return 0;
}

static int check_socket(const char *name, const char *value, struct message *message)
{
	if (!*value || strlen(value) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return fail(message, EINVAL,
			    "%s %s: invalid path of a socket; expected 1..107 bytes",
			    name, value);
	return 0;
}

int option_take_control(struct options *options, const char *name, char *value,
			struct message *message)
{
	options->control = value;
	return check_socket(name, value, message);
}

int option_take_gdb(struct options *options, const char *name, char *value,
		    struct message *message)
{
	options->gdb = value;
	return check_socket(name, value, message);
}

static int add_rule(struct options *options, bool is_file, const char *name, char *value,
		    struct message *message)
{
	if (options->rule_count == OPTIONS_MAX_PATTERNS)
		return fail(message, EINVAL, "%s %s: at most %u of --on and --policy",
			    name, value, OPTIONS_MAX_PATTERNS);
	options->rules[options->rule_count++] = (struct rule_option){ is_file, value };
	return 0;
}

int option_take_on(struct options *options, const char *name, char *value,
		   struct message *message)
{
	return add_rule(options, false, name, value, message);
}

int option_take_policy(struct options *options, const char *name, char *value,
		       struct message *message)
{
	if (!*value)
		return fail(message, EINVAL, "%s: missing file name", name);
	return add_rule(options, true, name, value, message);
}

int option_take_seed(struct options *options, const char *name, char *value,
		     struct message *message)
{
	char *end;

	options->is_seeded = true;
	errno = 0;
	options->seed = strtoull(value, &end, 10);
	if (!*value || !strchr("0123456789", *value) || *end || errno)
		return fail(message, EINVAL,
			    "%s %s: invalid number; expected 0..18446744073709551615",
			    name, value);
	return 0;
}
