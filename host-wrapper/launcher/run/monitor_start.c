/* One guest as one partition that has the whole frame. See monitor_start.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/message.h"
#include "filter.h"
#include "launcher/output_file.h"
#include "monitor_library.h"
#include "monitor_machine.h"
#include "monitor_start.h"
#include "plan_file.h"

#define FRAME_NS     UINT64_C(1000000000)
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
		{ options->core, "--core" },
		{ options->trace, options_trace_name(options) },
		{ options->stats, "--stats" },
		{ options->unused, "--unused" },
		{ has_rule(options, false), "--on" },
		{ has_rule(options, true), "--policy" },
		{ options->control, "--control" },
		{ options->sandbox == SANDBOX_STRICT, "--sandbox strict" },
		{ options->print_sandbox, "--print-sandbox" },
		{ options->report, "--report" },
		{ options->report_json, "--report=json" },
	};

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if (refused[i].is_given)
			return fail(message, EINVAL,
				    "%s cannot be combined with --host monitor",
				    refused[i].name);
	return 0;
}

/* The plan's bytes, as they are for every host. */
static const struct plan *make_plan(const struct linked_guest *guest,
				    const struct options *options, size_t *size,
				    struct message *message)
{
	const struct irq_lines lines = { 0 };
	const struct filter filter = { 0 };
	struct plan_watched no_call;
	uint32_t no_place;
	const struct watched_calls watch = { .watched = &no_call, .places = &no_place };
	struct stat status;
	int fd = plan_file_create(guest, options, &lines, &watch, &filter, message);
	void *at = MAP_FAILED;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &status)) {
		*size = (size_t)status.st_size;
		at = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
	}
	if (at == MAP_FAILED)
		fail(message, errno, "the plan cannot be mapped: %s", strerror(errno));
	close(fd);
	return at == MAP_FAILED ? NULL : at;
}

/* The last part of a path, as the name of a partition: without unusual characters. */
static void name_partition(char *to, size_t size, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t length = 0;

	for (; length < size - 1 && name[length]; length++)
		to[length] =
			name[length] > ' ' && name[length] <= '~' ? name[length] : '_';
	if (!length)
		to[length++] = '_';
	to[length] = 0;
}

static int make_image(struct monitor_image *image, const struct plan *plan,
		      const struct linked_guest *guest,
		      const struct monitor_runtime *runtime, uint32_t options,
		      const char **object, struct message *message)
{
	const struct boot_slot slot = { .length_ns = FRAME_NS };
	const struct monitor_schedule schedule = { FRAME_NS, &slot, 1 };
	static struct monitor_partition partition;
	char name[BOOT_NAME];
	int error;

	name_partition(name, sizeof(name), guest->name);
	error = monitor_partition_make(&partition, name, plan, guest->file.fd, runtime,
				       message);
	partition.record.options = BOOT_CONSOLE_INPUT;
	if (!error)
		error = monitor_libraries_add(&partition, guest, object, message);
	if (!error)
		error = monitor_image_make(image, &partition, 1, &schedule, options,
					   message);
	monitor_partition_free(&partition);
	return error;
}

static int open_runtime(struct monitor_runtime *runtime, const char *path,
			struct message *message)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int error;

	if (fd < 0)
		return fail(message, errno, "%s: %s", path, strerror(errno));
	error = monitor_runtime_read(runtime, fd, message);
	if (error)
		close(fd);
	return error;
}

static int build(struct monitor_image *image, const struct linked_guest *guest,
		 const struct options *options, const char *runtime_path,
		 const char **object, struct message *message)
{
	static struct monitor_runtime runtime;
	const struct plan *plan;
	size_t size = 0;
	int error = open_runtime(&runtime, runtime_path, message);

	if (error)
		return error;
	plan = make_plan(guest, options, &size, message);
	error = plan ? make_image(image, plan, guest, &runtime,
				  options->image ? 0 : BOOT_EXIT_DEVICE, object, message)
		     : -EIO;
	if (plan)
		munmap((void *)plan, size);
	close(runtime.fd);
	return error;
}

static int write_image(const struct monitor_image *image, const char *path,
		       const struct linked_guest *guest, struct message *message)
{
	struct message reason;
	int fd = output_file_open(path, guest, &reason);
	int error;

	if (fd < 0)
		return fail(message, -fd, "--image %s", reason.text);
	error = monitor_image_write(image, fd, message);
	if (close(fd) && !error)
		error = fail(message, errno, "--image %s: %s", path, strerror(errno));
	return error;
}

/* In the words of other hosts. */
static void fill_result(struct run_result *result, const struct monitor_run *run)
{
	const struct monitor_end *end = &run->ends[0];

	*result = (struct run_result){ .timed_out = run->timed_out };
	if (run->timed_out)
		result->status = STOPPED(SIGKILL);
	else if (run->signal)
		result->status = STOPPED(run->signal);
	else if (end->signal)
		result->status = STOPPED(end->signal);
	else
		result->status = EXITED(end->status);
	if (end->has_ended && end->signal)
		result->outcome = end->outcome;
}

static int run_image(const struct monitor_image *image, const struct options *options,
		     const char *kernel, struct run_result *result,
		     struct message *message)
{
	const struct monitor_machine machine = {
		.kernel = kernel,
		.image = image,
		.timeout_ns = options->timeout_ns,
		.counts_instructions = options->clock_guest,
	};
	struct monitor_run run;
	int error = monitor_machine_run(&machine, 1, &run, message);

	if (!error)
		fill_result(result, &run);
	return error;
}

int monitor_start(const struct linked_guest *guest, const struct options *options,
		  const struct monitor_files *files, struct run_result *result,
		  const char **object, struct message *message)
{
	struct monitor_image image;
	int error;

	*object = guest->name;
	error = build(&image, guest, options, files->runtime, object, message);

	if (error)
		return error;
	*result = (struct run_result){ .status = EXITED(0) };
	if (options->image)
		error = write_image(&image, options->image, guest, message);
	else
		error = run_image(&image, options, files->kernel, result, message);
	monitor_image_free(&image);
	return error;
}
