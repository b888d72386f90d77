/* From a wait status and an untrusted outcome to a line. See exit_report.h. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "common/exit_status.h"
#include "common/printable.h"
#include "exit_report.h"
#include "outcome_text.h"
#include "vcpu_report.h"

/* A signal that is not somebody's request to end. */
static bool is_crash(int number)
{
	return number != SIGINT && number != SIGTERM && number != SIGHUP &&
	       number != SIGQUIT && number != SIGKILL;
}

/* The provider that ended the runner while it was loaded; NULL: none did. */
static const struct provider_file *failed_provider(const struct linked_guest *guest,
						   const struct run_result *result)
{
	uint32_t number = result->outcome.provider; /* not trusted */

	if (!number || number > guest->provider_count)
		return NULL;
	if (WIFSIGNALED(result->status) && !is_crash(WTERMSIG(result->status)))
		return NULL;
	return &guest->providers[number - 1];
}

static int report_provider(const struct provider_file *provider, int status, FILE *out)
{
	fputs("host-wrapper: ", out);
	print_escaped(provider->name, out);
	if (WIFEXITED(status))
		fprintf(out, ": exited with status %d while it was loaded\n",
			WEXITSTATUS(status));
	else
		fprintf(out, ": stopped by signal %d (%s) while it was loaded\n",
			WTERMSIG(status), strsignal(WTERMSIG(status)));
	return EXIT_FAILED;
}

static int report_signal(const struct linked_guest *guest,
			 const struct run_result *result, FILE *out)
{
	int number = WTERMSIG(result->status);

	fputs("host-wrapper: ", out);
	print_escaped(guest->name, out);
	fprintf(out, ": stopped by signal %d (%s)", number, strsignal(number));
	if (result->timed_out)
		fputs(": its time is up (--timeout)", out);
	else
		outcome_text_print(guest, &result->outcome, out);
	fputc('\n', out);
	vcpu_report_print(&result->outcome.vcpu, out);
	if (result->outcome.kind == OUTCOME_UNPROVIDED && !result->timed_out)
		return EXIT_UNRESOLVED;
	return EXIT_SIGNAL + number;
}

int exit_report_print(const struct linked_guest *guest, const struct run_result *result,
		      FILE *out)
{
	const struct provider_file *provider = failed_provider(guest, result);

	if (provider)
		return report_provider(provider, result->status, out);
	if (WIFEXITED(result->status))
		return WEXITSTATUS(result->status);
	return report_signal(guest, result, out);
}
