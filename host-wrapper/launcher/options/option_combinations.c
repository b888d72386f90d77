/* See option_combinations.h and options.h. */
#include <errno.h>
#include <stddef.h>

#include "option_combinations.h"

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
	/* Its functions would have to fit imports of each. */
	return options->standby_count ? "--standby" : NULL;
}

/* A model names the guests, and their memory. */
static int check_model(const struct options *options, struct message *message)
{
	if (!options->model)
		return options->argument_count
			       ? 0
			       : fail(message, EINVAL, "no guest given; see --help");
	if (options->argument_count)
		return fail(message, EINVAL,
			    "%s: a guest cannot be combined with --model (expected no "
			    "more words: the model names the guests)",
			    options->arguments[0]);
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

/* The supervisor and strict layers are processes of their own. */
static int check_in_place(const struct options *options, struct message *message)
{
	const char *supervised = needs_supervisor(options);

	if (!options->in_place)
		return 0;
	if (supervised)
		return fail(message, EINVAL, "%s cannot be combined with --in-place",
			    supervised);
	if (options->sandbox == SANDBOX_STRICT)
		return fail(message, EINVAL,
			    "--sandbox=strict cannot be combined with --in-place");
	return 0;
}

static int check_debugging(const struct options *options, struct message *message)
{
	if (options->core && options->sandbox == SANDBOX_STRICT)
		return fail(message, EINVAL,
			    "--core cannot be combined with --sandbox=strict");
	if (options->timeout_ns && (options->wait_gdb || options->gdb))
		return fail(message, EINVAL, "--timeout cannot be combined with %s",
			    options->wait_gdb ? "--wait-gdb" : "--gdb");
	if (options->gdb && !options->kvm && !options->monitor)
		return fail(message, EINVAL,
			    "--gdb needs --host kvm; expected --wait-gdb for a process");
	return 0;
}

static int check_rest(const struct options *options, struct message *message)
{
	if (options->standby_count && !options->control)
		return fail(message, EINVAL, "--standby needs --control PATH");
	if (options->is_seeded && !options->rule_count)
		return fail(message, EINVAL,
			    "--seed needs --on or --policy, with a rule that has %%P");
	if (options->kvm && not_in_kvm(options))
		return fail(message, EINVAL, "%s cannot be combined with --host kvm",
			    not_in_kvm(options));
	if (options->image && !options->monitor)
		return fail(message, EINVAL, "--image needs --host monitor");
	if (options->print_sandbox && (options->list || options->json))
		return fail(message, EINVAL, "%s cannot be combined with --print-sandbox",
			    options->list ? "--list" : "--json");
	return 0;
}

int option_combinations_check(const struct options *options, struct message *message)
{
	int error = check_model(options, message);

	if (!error)
		error = check_in_place(options, message);
	if (!error)
		error = check_debugging(options, message);
	return error ? error : check_rest(options, message);
}
