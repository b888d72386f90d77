/* A table of options, and a function for each value. See options.h. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include <jumpslot/external_abi.h>
#include "common/page.h"
#include "options.h"

#ifndef SANDBOX_DEFAULT
#define SANDBOX_DEFAULT SANDBOX_ON
#endif

/* clang-format off */
const char options_help[] =
	"usage: host-wrapper [OPTION]... GUEST [ARGUMENT]...\n"
	"       host-wrapper [OPTION]... --model FILE\n"
	"       host-wrapper ctl PATH COMMAND\n"
	"\n"
	"Runs a static guest image. Binds each external function that the guest names\n"
	"to the first provider that has it.\n"
	"\n"
	"  --host HOST                run the guest in a process (default); kvm: in a\n"
	"                             virtual machine; monitor: in a partition, in QEMU\n"
	"  --image FILE               write the boot image of --host monitor instead\n"
	"  --model FILE               run the partitions of a model, instead of a GUEST\n"
	"  --provider FILE[,OPTIONS]  load a provider of functions, a shared library\n"
	"  --standby FILE[,OPTIONS]   load a provider that ctl PATH use can choose\n"
	"  --bind lazy|now            bind on the first call (default), or at the start\n"
	"  --allow-missing            start with missing or mistyped functions\n"
	"  --list                     print the link report instead of starting\n"
	"  --json                     print it as JSON instead of starting\n"
	"  --report                   print it, start; list bound functions at the end\n"
	"  --report=json              start, and print how the guest ended as JSON\n"
	"  --stack SIZE               size of the guest's first stack (default 1M)\n"
	"  --host-stack SIZE          size of the stack of gated functions (default 8M)\n"
	"  --work-area SIZE           size of the guest's work area (default 64M)\n"
	"  --line LINE=fd:DESCRIPTOR  raise interrupt line 2..15 by descriptor input\n"
	"  --line LINE=unix:PATH      raise it by datagrams to a new socket\n"
	"  --clock host|guest         take time from the host (default), or from the\n"
	"                             guest's processor time, with idle time skipped\n"
	"  --raw                      put the terminal in raw mode while the guest runs\n"
	"  --timeout SECONDS          kill the guest after that time\n"
	"  --sandbox MODE             confine the guest to what its imports need: on\n"
	"                             (default), strict (all layers) or off\n"
	"  --print-sandbox            print the sandbox's rules instead of starting\n"
	"  --trace                    print calls, with arguments, result and time\n"
	"  --trace=PATTERN            print those of matching functions alone\n"
	"  --trace-file FILE          write them to a file for Perfetto instead\n"
	"  --stats                    print calls and their time per function\n"
	"  --unused                   print functions that were never called\n"
	"  --control PATH             take commands (host-wrapper ctl PATH COMMAND)\n"
	"  --on PATTERN=ACTION        change calls: deny, fail:VALUE, delay:TIME, log;\n"
	"                             with @N on the Nth call, with %P in P percent\n"
	"  --policy FILE              take such rules from the lines of a file\n"
	"  --seed NUMBER              start the random choice of %P there (default 0)\n"
	"  --wait-gdb                 wait for gdb before the guest starts\n"
	"  --gdb PATH                 wait for gdb at a new socket, with --host kvm\n"
	"  --core                     write a core file at a fault (see ulimit -c)\n"
	"  --in-place                 exec the runner, unsupervised, as under gdb\n"
	"  --perf-map                 name generated code in /tmp/perf-PID.map\n"
	"  --help                     print this help (also -h)\n"
	"  --version                  print the version\n"
	"\n"
	"--provider may be repeated; the built-in services come last. A comma in FILE\n"
	"is written \\,. SIZE is in bytes, or with suffix K, M or G (units of 1024).\n"
	"The values of --trace and --report are optional, and follow = only.\n"
	"\n"
	"Exit status: that of the guest; 125 if host-wrapper failed; 126 if the guest\n"
	"cannot be loaded; 127 if functions are missing or mistyped; 128 + n if signal\n"
	"n stopped it.\n";
/* clang-format on */

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

static int take_provider(struct options *options, const char *name, char *value,
			 struct message *message)
{
	return add_provider(options, options->providers, &options->provider_count, name,
			    value, message);
}

static int take_standby(struct options *options, const char *name, char *value,
			struct message *message)
{
	return add_provider(options, options->standbys, &options->standby_count, name,
			    value, message);
}

static int take_bind(struct options *options, const char *name, char *value,
		     struct message *message)
{
	options->bind_now = !strcmp(value, "now");
	if (!options->bind_now && strcmp(value, "lazy"))
		return fail(message, EINVAL, "%s %s: invalid mode; expected lazy or now",
			    name, value);
	return 0;
}

static int take_clock(struct options *options, const char *name, char *value,
		      struct message *message)
{
	options->clock_guest = !strcmp(value, "guest");
	if (!options->clock_guest && strcmp(value, "host"))
		return fail(message, EINVAL,
			    "%s %s: invalid clock; expected host or guest", name, value);
	return 0;
}

static int take_host(struct options *options, const char *name, char *value,
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

static int take_image(struct options *options, const char *name, char *value,
		      struct message *message)
{
	options->image = value;
	return *value ? 0 : fail(message, EINVAL, "%s: missing file name", name);
}

static int take_model(struct options *options, const char *name, char *value,
		      struct message *message)
{
	options->model = value;
	return *value ? 0 : fail(message, EINVAL, "%s: missing file name", name);
}

static int take_stack(struct options *options, const char *name, char *value,
		      struct message *message)
{
	options->sized = name;
	return take_size(&options->stack_size, name, value, message);
}

static int take_host_stack(struct options *options, const char *name, char *value,
			   struct message *message)
{
	return take_size(&options->host_stack_size, name, value, message);
}

static int take_work_area(struct options *options, const char *name, char *value,
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

static int take_line(struct options *options, const char *name, char *value,
		     struct message *message)
{
	const char *wrong = read_line(options, value);

	return wrong ? fail(message, EINVAL, "%s %s: %s", name, value, wrong) : 0;
}

static int take_timeout(struct options *options, const char *name, char *value,
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

static int take_sandbox(struct options *options, const char *name, char *value,
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
static int take_report(struct options *options, const char *name, char *value,
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
static int take_trace(struct options *options, const char *name, char *value,
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

static int take_trace_file(struct options *options, const char *name, char *value,
			   struct message *message)
{
	if (!*value)
		return fail(message, EINVAL, "%s: missing file name", name);
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

static int take_control(struct options *options, const char *name, char *value,
			struct message *message)
{
	options->control = value;
	return check_socket(name, value, message);
}

static int take_gdb(struct options *options, const char *name, char *value,
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

static int take_on(struct options *options, const char *name, char *value,
		   struct message *message)
{
	return add_rule(options, false, name, value, message);
}

static int take_policy(struct options *options, const char *name, char *value,
		       struct message *message)
{
	if (!*value)
		return fail(message, EINVAL, "%s: missing file name", name);
	return add_rule(options, true, name, value, message);
}

static int take_seed(struct options *options, const char *name, char *value,
		     struct message *message)
{
	char *end;

	errno = 0;
	options->seed = strtoull(value, &end, 10);
	if (!*value || !strchr("0123456789", *value) || *end || errno)
		return fail(message, EINVAL,
			    "%s %s: invalid number; expected 0..18446744073709551615",
			    name, value);
	return 0;
}

struct option {
	const char *name;
	size_t flag; /* offset of a bool in struct options, unless it takes a value */
	int (*take)(struct options *, const char *, char *, struct message *);
};

static const struct option table[] = {
	{ "--host", 0, take_host },
	{ "--image", 0, take_image },
	{ "--model", 0, take_model },
	{ "--provider", 0, take_provider },
	{ "--standby", 0, take_standby },
	{ "--bind", 0, take_bind },
	{ "--stack", 0, take_stack },
	{ "--host-stack", 0, take_host_stack },
	{ "--work-area", 0, take_work_area },
	{ "--line", 0, take_line },
	{ "--clock", 0, take_clock },
	{ "--timeout", 0, take_timeout },
	{ "--sandbox", 0, take_sandbox },
	{ "--print-sandbox", offsetof(struct options, print_sandbox), NULL },
	{ "--allow-missing", offsetof(struct options, allow_missing), NULL },
	{ "--list", offsetof(struct options, list), NULL },
	{ "--json", offsetof(struct options, json), NULL },
	{ "--report", 0, take_report },
	{ "--trace", 0, take_trace },
	{ "--trace-file", 0, take_trace_file },
	{ "--stats", offsetof(struct options, stats), NULL },
	{ "--unused", offsetof(struct options, unused), NULL },
	{ "--control", 0, take_control },
	{ "--on", 0, take_on },
	{ "--policy", 0, take_policy },
	{ "--seed", 0, take_seed },
	{ "--in-place", offsetof(struct options, in_place), NULL },
	{ "--raw", offsetof(struct options, raw), NULL },
	{ "--wait-gdb", offsetof(struct options, wait_gdb), NULL },
	{ "--gdb", 0, take_gdb },
	{ "--core", offsetof(struct options, core), NULL },
	{ "--perf-map", offsetof(struct options, perf_map), NULL },
	{ "-h", offsetof(struct options, help), NULL },
	{ "--help", offsetof(struct options, help), NULL },
	{ "--version", offsetof(struct options, version), NULL },
};

/* Finds the option that `word` names, alone or before '='. */
static const struct option *find(const char *word)
{
	size_t length = strcspn(word, "=");

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (!strncmp(table[i].name, word, length) && !table[i].name[length])
			return &table[i];
	return NULL;
}

/* Takes argv[*at], with its value after '=' or in the next word. */
static int take(struct options *options, int argc, char **argv, int *at,
		struct message *message)
{
	char *word = argv[*at];
	char *value = strchr(word, '=');
	const struct option *option = find(word);

	if (!option)
		return fail(message, EINVAL, "%s: unknown option; see --help", word);
	if (!option->take) {
		if (value)
			return fail(message, EINVAL, "%s takes no value", option->name);
		*(bool *)((char *)options + option->flag) = true;
		return 0;
	}
	/* A value only after '='. */
	if (option->take == take_report || option->take == take_trace)
		return option->take(options, option->name, value ? value + 1 : NULL,
				    message);
	if (!value && *at + 1 == argc)
		return fail(message, EINVAL, "%s: missing value", word);
	value = value ? value + 1 : argv[++*at];
	return option->take(options, option->name, value, message);
}

const char *options_trace_name(const struct options *options)
{
	return options->trace_file ? "--trace-file" : "--trace";
}

/* The option that works only with a supervisor, or NULL. */
static const char *needs_supervisor(const struct options *options)
{
	if (options->raw)
		return "--raw";
	if (options->timeout_ns)
		return "--timeout";
	if (options->report_json)
		return "--report=json";
	if (options->trace)
		return options_trace_name(options);
	if (options->control)
		return "--control";
	if (options->stats)
		return "--stats";
	return options->unused ? "--unused" : NULL;
}

const char *options_drop_supervised(struct options *options)
{
	const char *name = needs_supervisor(options);

	if (options->raw)
		options->raw = false;
	else if (options->timeout_ns)
		options->timeout_ns = 0;
	else if (options->report_json)
		options->report_json = false;
	else if (options->trace) {
		options->trace = false;
		options->trace_pattern_count = 0;
		options->trace_file = NULL;
	} else if (options->control)
		options->control = NULL;
	else if (options->stats)
		options->stats = false;
	else
		options->unused = false;
	return name;
}

/* The first option that the kvm host cannot serve, or NULL. */
static const char *not_in_kvm(const struct options *options)
{
	if (options->perf_map)
		return "--perf-map";
	return options->wait_gdb ? "--wait-gdb" : NULL;
}

/* The first option for one guest, which partitions in processes cannot share; or NULL. */
static const char *not_with_model(const struct options *options)
{
	if (options->monitor)
		return NULL;
	if (options->line_count)
		return "--line";
	if (options->raw)
		return "--raw";
	if (options->wait_gdb || options->gdb)
		return options->gdb ? "--gdb" : "--wait-gdb";
	if (options->trace)
		return options_trace_name(options);
	if (options->control)
		return options->standby_count ? "--standby" : "--control";
	return options->rule_count ? "--on and --policy" : NULL;
}

/* A model names the guests, and their memory. */
static int check_model(const struct options *options, char **rest,
		       struct message *message)
{
	if (!options->model)
		return *rest ? 0 : fail(message, EINVAL, "no guest given; see --help");
	if (*rest)
		return fail(message, EINVAL,
			    "%s: a guest cannot be combined with --model (expected no "
			    "more words: the model names the guests)",
			    *rest);
	if (options->sized)
		return fail(message, EINVAL,
			    "%s cannot be combined with --model (expected its keys stack "
			    "and work_area)",
			    options->sized);
	if (not_with_model(options))
		return fail(message, EINVAL, "%s cannot be combined with --model",
			    not_with_model(options));
	if (options->clock_guest && !options->monitor)
		return fail(message, EINVAL,
			    "--clock guest with --model needs --host monitor: here, the "
			    "partitions share the host's time");
	return options->in_place ? fail(message, EINVAL,
					"--in-place cannot be combined with --model")
				 : 0;
}

int options_read(struct options *options, int argc, char **argv, struct message *message)
{
	const char *supervised;
	int error = 0;
	int at = 1;

	*options = (struct options){
		.sandbox = SANDBOX_DEFAULT,
		.stack_size = UINT64_C(1) << 20,
		.host_stack_size = UINT64_C(8) << 20,
		.work_area_size = UINT64_C(64) << 20,
	};
	for (; !error && at < argc && argv[at][0] == '-'; at++) {
		if (!strcmp(argv[at], "--")) {
			at++;
			break;
		}
		error = take(options, argc, argv, &at, message);
	}
	if (error || options->help || options->version)
		return error;
	error = check_model(options, argv + at, message);
	if (!error && options->standby_count && !options->control)
		error = fail(message, EINVAL, "--standby needs --control PATH");
	if (error)
		return error;
	supervised = needs_supervisor(options);
	if (options->in_place && supervised)
		return fail(message, EINVAL, "%s cannot be combined with --in-place",
			    supervised);
	if (options->in_place && options->sandbox == SANDBOX_STRICT)
		return fail(message, EINVAL,
			    "--sandbox=strict cannot be combined with --in-place");
	if (options->core && options->sandbox == SANDBOX_STRICT)
		return fail(message, EINVAL,
			    "--core cannot be combined with --sandbox=strict");
	if (options->wait_gdb && options->timeout_ns)
		return fail(message, EINVAL,
			    "--timeout cannot be combined with --wait-gdb");
	if (options->gdb && options->timeout_ns)
		return fail(message, EINVAL, "--timeout cannot be combined with --gdb");
	if (options->gdb && !options->kvm && !options->monitor)
		return fail(message, EINVAL,
			    "--gdb needs --host kvm; expected --wait-gdb for a process");
	if (options->kvm && not_in_kvm(options))
		return fail(message, EINVAL, "%s cannot be combined with --host kvm",
			    not_in_kvm(options));
	if (options->image && !options->monitor)
		return fail(message, EINVAL, "--image needs --host monitor");
	if (options->print_sandbox && (options->list || options->json))
		return fail(message, EINVAL, "%s cannot be combined with --print-sandbox",
			    options->list ? "--list" : "--json");
	options->arguments = argv + at;
	options->argument_count = (size_t)(argc - at);
	return 0;
}
