/*
 * host-wrapper: reads the command line, prints help, sends a command of ctl, or launches
 * what it names.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <jumpslot/external_abi.h>
#include "common/exit_status.h"
#include "launcher/control_client.h"
#include "launcher/launch/launch.h"
#include "launcher/monitor/monitor_start.h"

/*
 * Opens standard descriptors that are closed: the next file that a provider opens would
 * get the number, and the guest's output would go there. They are opened the wrong way
 * round, so that using them still fails.
 */
static void fill_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* Before other descriptors are closed: a file may be one of them, as <(command) is. */
static int read_policy(struct policy *policy, const struct options *options,
		       struct message *message)
{
	int error = 0;

	for (size_t i = 0; !error && i < options->rule_count; i++)
		error = options->rules[i].is_file
				? policy_add_file(policy, options->rules[i].text, message)
				: policy_add(policy, options->rules[i].text, message);
	if (!error && options->is_seeded && !policy_has_chance(policy))
		return fail(message, EINVAL,
			    "--seed: no rule of --on or --policy has %%P (expected one)");
	return error;
}

int main(int argc, char **argv)
{
	static struct launch launch;
	struct message message;

	fill_standard_descriptors();
	if (argc > 2 && !strcmp(argv[1], "ctl") &&
	    control_client_asks_for_help(argc - 2, argv + 2)) {
		fputs(control_client_help, stdout);
		return launch_finish_output(&launch);
	}
	if (argc > 1 && !strcmp(argv[1], "ctl")) {
		if (!control_client(argc - 2, argv + 2, &message))
			return launch_finish_output(&launch);
		message_print(NULL, &message);
		return EXIT_FAILED;
	}
	if (options_read(&launch.options, argc, argv, &message)) {
		message_print(NULL, &message);
		return EXIT_FAILED;
	}
	if (launch.options.help) {
		fputs(options_help, stdout);
		return launch_finish_output(&launch);
	}
	if (launch.options.version) {
		printf("host-wrapper %s, ABI %u\n", JUMPSLOT_VERSION,
		       JUMPSLOT_ABI_VERSION);
		return launch_finish_output(&launch);
	}
	if (launch.options.monitor && monitor_check_options(&launch.options, &message)) {
		message_print(NULL, &message);
		return EXIT_FAILED;
	}
	launch.guest.name =
		launch.options.model ? launch.options.model : launch.options.arguments[0];
	if (read_policy(&launch.watch.policy, &launch.options, &message))
		return launch_complain(&launch, EXIT_FAILED, NULL, &message);
	if (irq_lines_inherit(&launch.lines, &launch.options, &message))
		return launch_complain(&launch, EXIT_FAILED, NULL, &message);
	if (launch.options.sandbox != SANDBOX_OFF &&
	    irq_lines_close_others(&launch.lines, &message))
		return launch_complain(&launch, EXIT_FAILED, NULL, &message);
	return launch.options.model ? launch_model(&launch) : launch_guest(&launch);
}
