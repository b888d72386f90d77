/* An image, and a machine or a file for it. See monitor_start.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "common/message.h"
#include "launcher/output_file.h"
#include "monitor_machine.h"
#include "monitor_start.h"

#define STOPPED(by)  ((by)&0x7f) /* as waitpid() gives it */
#define EXITED(with) (((with)&0xff) << 8)

/* --on and --policy give rules. */
static bool has_rule(const struct options *options, bool from_file)
{
	for (size_t i = 0; i < options->rule_count; i++)
		if (options->rules[i].is_file == from_file)
			return true;
	return false;
}

int monitor_check_options(const struct options *options, struct message *message)
{
	const struct {
		bool is_given;
		const char *name;
	} refused[] = {
		{ options->line_count, "--line" },
		{ options->in_place, "--in-place" },
		{ options->raw, "--raw" },
		{ options->perf_map, "--perf-map" },
		{ options->wait_gdb, "--wait-gdb" },
		{ options->gdb, "--gdb" },
		{ options->core, "--core" },
		{ options->trace, options_trace_name(options) },
		{ options->stats, "--stats" },
		{ options->unused, "--unused" },
		{ has_rule(options, false), "--on" },
		{ has_rule(options, true), "--policy" },
		{ options->standby_count, "--standby" },
		{ options->control, "--control" },
		{ options->sandbox == SANDBOX_STRICT, "--sandbox strict" },
		{ options->print_sandbox, "--print-sandbox" },
		{ options->report, "--report" },
	};

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if (refused[i].is_given)
			return fail(message, EINVAL,
				    "%s cannot be combined with --host monitor",
				    refused[i].name);
	return 0;
}

/* The guests after the first, which output_file_open() looks at, and the model. */
static int spare_inputs(const char *path, const struct monitor_guests *guests,
			struct message *message)
{
	int error = 0;

	for (size_t i = 1; !error && i < guests->count; i++)
		error = output_file_spare(path, guests->guests[i].options->arguments[0],
					  "a guest", message);
	if (!error && guests->model)
		error = output_file_spare(path, guests->guests[0].options->model,
					  "the model", message);
	return error;
}

static int write_image(const struct monitor_image *image, const char *path,
		       const struct monitor_guests *guests, struct message *message)
{
	struct message reason;
	int error = spare_inputs(path, guests, &reason);
	int fd = error ? error : output_file_open(path, guests->guests[0].guest, &reason);

	if (fd < 0)
		return fail(message, -fd, "--image %s", reason.text);
	error = monitor_image_write(image, fd, message);
	if (close(fd) && !error)
		error = fail(message, errno, "--image %s: %s", path, strerror(errno));
	return error;
}

/* In the words of other hosts. */
static void fill_result(struct run_result *result, const struct monitor_run *run,
			const struct monitor_end *end)
{
	*result = (struct run_result){ .status = EXITED(end->status) };
	if (end->has_ended && end->signal) {
		result->status = STOPPED(end->signal);
		result->outcome = end->outcome;
	} else if (!end->has_ended) {
		result->timed_out = run->timed_out;
		result->status = STOPPED(run->timed_out ? SIGKILL : run->signal);
	}
}

static int run_image(const struct monitor_image *image, const struct options *options,
		     const char *kernel, size_t count, struct monitor_run *run,
		     struct run_result *results, struct message *message)
{
	const struct monitor_machine machine = {
		.kernel = kernel,
		.image = image,
		.timeout_ns = options->timeout_ns,
		.counts_instructions = options->clock_guest,
	};
	int error = monitor_machine_run(&machine, count, run, message);

	for (size_t i = 0; !error && i < count; i++)
		fill_result(&results[i], run, &run->ends[i]);
	return error;
}

int monitor_start(const struct monitor_guests *guests, const struct options *options,
		  const char *kernel, struct monitor_run *run, struct run_result *results,
		  const char **object, struct message *message)
{
	struct monitor_image image;
	int error = monitor_build(&image, guests, options->image ? 0 : BOOT_EXIT_DEVICE,
				  object, message);

	if (error)
		return error;
	for (size_t i = 0; i < guests->count; i++)
		results[i] = (struct run_result){ .status = EXITED(0) };
	if (options->image)
		error = write_image(&image, options->image, guests, message);
	else
		error = run_image(&image, options, kernel, guests->count, run, results,
				  message);
	monitor_image_free(&image);
	return error;
}
