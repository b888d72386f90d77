/* As with Check, each test runs in a process of its own. See ../unit.h. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit.h"

#define SECONDS 300

static bool passes(const TTest *test)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		alarm((unsigned)(SECONDS * unit_rounds(1)));
		test->run();
		_exit(EXIT_SUCCESS);
	}
	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

int unit_run(const char *name, const TTest *const *tests, size_t count)
{
	size_t failed = 0;

	for (size_t i = 0; i < count; i++) {
		if (passes(tests[i]))
			continue;
		failed++;
		fprintf(stderr, "%s: %s failed\n", name, tests[i]->name);
	}
	printf("%s: %zu of %zu tests passed\n", name, count - failed, count);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
