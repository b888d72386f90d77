/*
 * host-wrapper: scans a guest, links it, and has a runner run it. The only place
 * of the launcher that prints errors and decides the exit status.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jumpslot/external_abi.h>
#include "common/exit_status.h"
#include "launcher/run/exit_report.h"
#include "launcher/run/irq_lines.h"
#include "launcher/run/plan_file.h"
#include "launcher/link/report.h"

/* All that stands between command line and start. */
struct launch {
	struct options options;
	struct lines lines;
	const char *guest; /* its name as given */
	struct elf_file file;
	struct image image;
	struct import_table table;
	struct provider_file providers[OPTIONS_MAX_PROVIDERS + 1];
	size_t provider_count;
	bool built_ins_unknown; /* no runner: a list may be incomplete */
	struct link_result result;
	char runner[PATH_MAX];
};

static int complain(int status, const char *what, const struct message *message)
{
	fprintf(stderr, "host-wrapper: %s%s%s\n", what ? what : "", what ? ": " : "",
		message->text);
	return status;
}

static int scan_guest(struct launch *launch)
{
	struct message message;
	int fd = open(launch->guest, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int error;

	if (fd < 0) {
		fail(&message, errno, "%s", strerror(errno));
		return complain(EXIT_CANNOT_LOAD, launch->guest, &message);
	}
	error = elf_file_open(&launch->file, fd, &message);
	if (!error)
		error = image_read(&launch->image, &launch->file, &message);
	if (!error)
		error = imports_read(&launch->table, &launch->file, &launch->image,
				     &message);
	return error ? complain(EXIT_CANNOT_LOAD, launch->guest, &message) : 0;
}

/* The runner for the guest's machine lies beside this program. */
static int find_runner(struct launch *launch, struct message *message)
{
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (length < 0)
		return fail(message, errno, "/proc/self/exe: %s", strerror(errno));
	self[length] = 0;
	slash = strrchr(self, '/');
	if (slash)
		*slash = 0;
	if (snprintf(launch->runner, sizeof(launch->runner), "%s/jumpslot-runner-%s",
		     self,
		     elf_file_machine(&launch->file)) >= (int)sizeof(launch->runner))
		return fail(message, ENAMETOOLONG, "%s: the path is too long", self);
	if (access(launch->runner, X_OK))
		return fail(message, errno, "no runner for %s guests: %s: %s",
			    elf_file_machine(&launch->file), launch->runner,
			    strerror(errno));
	return 0;
}

static int read_provider(struct launch *launch, const struct provider_option *option)
{
	struct provider_file *provider = &launch->providers[launch->provider_count];
	struct message message;

	provider->name = option->path;
	provider->options = option->options;
	provider->path = realpath(option->path, NULL);
	if (!provider->path) {
		fail(&message, errno, "%s", strerror(errno));
		return complain(EXIT_FAILED, option->path, &message);
	}
	if (provider_file_read(provider, provider->path, launch->file.header.e_machine,
			       &message))
		return complain(EXIT_FAILED, option->path, &message);
	for (size_t i = 0; i < launch->provider_count; i++)
		if (launch->providers[i].status.st_dev == provider->status.st_dev &&
		    launch->providers[i].status.st_ino == provider->status.st_ino) {
			fail(&message, EINVAL, "the same provider as %s",
			     launch->providers[i].name);
			return complain(EXIT_FAILED, option->path, &message);
		}
	launch->provider_count++;
	return 0;
}

static int read_built_ins(struct launch *launch)
{
	struct provider_file *provider = &launch->providers[launch->provider_count];
	struct message message;

	if (find_runner(launch, &message)) {
		/* A list is of use without them too. */
		launch->built_ins_unknown = launch->options.list || launch->options.json;
		complain(EXIT_FAILED, launch->guest, &message);
		return launch->built_ins_unknown ? 0 : EXIT_FAILED;
	}
	provider->name = "built-in";
	if (provider_file_read(provider, launch->runner, launch->file.header.e_machine,
			       &message))
		return complain(EXIT_FAILED, launch->runner, &message);
	launch->provider_count++;
	return 0;
}

static int read_providers(struct launch *launch)
{
	for (size_t i = 0; i < launch->options.provider_count; i++) {
		int status = read_provider(launch, &launch->options.providers[i]);

		if (status)
			return status;
	}
	return read_built_ins(launch);
}

/* Whether all that was printed got there: 0, or an exit status. */
static int finish_output(void)
{
	struct message message;

	/* Also what failed in an earlier write of a long report. */
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	fail(&message, errno, "%s", strerror(errno));
	return complain(EXIT_FAILED, "standard output", &message);
}

/* Prints what was asked for; returns 0 if the guest is to be started. */
static int report(const struct launch *launch)
{
	const struct report report = {
		.guest = launch->guest,
		.machine = elf_file_machine(&launch->file),
		.table = &launch->table,
		.result = &launch->result,
		.providers = launch->providers,
		.provider_count = launch->provider_count,
	};
	bool unresolved = launch->result.missing || launch->result.mismatched;
	int status;

	if (launch->options.json)
		report_json(&report, stdout);
	else if (launch->options.list)
		report_table(&report, stdout);
	else if (launch->options.report)
		report_table(&report, stderr);
	status = finish_output();
	if (status)
		return status;
	if (launch->built_ins_unknown)
		return EXIT_FAILED;
	report_problems(&report, stderr);
	return unresolved && !launch->options.allow_missing ? EXIT_UNRESOLVED : 0;
}

static int run_guest(struct launch *launch)
{
	const struct plan_source source = {
		.options = &launch->options,
		.file = &launch->file,
		.image = &launch->image,
		.table = &launch->table,
		.result = &launch->result,
		.providers = launch->providers,
		.provider_count = launch->provider_count,
		.lines = &launch->lines,
	};
	const struct ended_guest guest = {
		.name = launch->guest,
		.image = &launch->image,
		.table = &launch->table,
		.result = &launch->result,
		.file = &launch->file,
	};
	struct run run = {
		.runner = launch->runner,
		.guest = launch->file.fd,
		.timeout_ns = launch->options.timeout_ns,
		.raw = launch->options.raw,
		.shown = stderr,
	};
	struct ending ending;
	struct message message;

	run.plan = plan_file_create(&source, &message);
	if (run.plan < 0)
		return complain(EXIT_FAILED, launch->guest, &message);
	if (launch->options.in_place) {
		run_in_place(&run, &message);
		return complain(EXIT_FAILED, launch->guest, &message);
	}
	if (supervise(&run, &ending, &message))
		return complain(EXIT_FAILED, launch->guest, &message);
	return ending_report(&guest, &ending, stderr);
}

static int start(struct launch *launch)
{
	struct message message;
	int status;

	if (launch->lines.count && !launch->table.vcpu_state) {
		fail(&message, EINVAL,
		     "--line: it takes no interrupts (jumpslot/virt_cpu.h)");
		return complain(EXIT_FAILED, launch->guest, &message);
	}
	if (lines_open(&launch->lines, &message))
		return complain(EXIT_FAILED, NULL, &message);
	status = run_guest(launch);
	lines_remove(&launch->lines);
	return status;
}

static int launch_guest(struct launch *launch)
{
	struct message message;
	int status;

	launch->guest = launch->options.arguments[0];
	status = scan_guest(launch);
	if (!status)
		status = read_providers(launch);
	if (status)
		return status;
	if (link_imports(&launch->result, &launch->table, launch->file.header.e_machine,
			 launch->providers, launch->provider_count)) {
		fail(&message, ENOMEM, "out of memory");
		return complain(EXIT_FAILED, launch->guest, &message);
	}
	status = report(launch);
	if (status || launch->options.list || launch->options.json)
		return status;
	return start(launch);
}

/* A standard descriptor that is closed would be the next file's that a provider opens,
 * and what the guest prints would go there. Opened the wrong way round, so that using it
 * still fails. */
static void fill_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
	static struct launch launch;
	struct message message;

	fill_standard_descriptors();
	if (options_read(&launch.options, argc, argv, &message))
		return complain(EXIT_FAILED, NULL, &message);
	if (launch.options.help) {
		fputs(options_help, stdout);
		return finish_output();
	}
	if (launch.options.version) {
		printf("host-wrapper %s, ABI %u\n", JUMPSLOT_VERSION,
		       JUMPSLOT_ABI_VERSION);
		return finish_output();
	}
	if (lines_inherit(&launch.lines, &launch.options, &message))
		return complain(EXIT_FAILED, NULL, &message);
	return launch_guest(&launch);
}
