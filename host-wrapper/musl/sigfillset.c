/* Every signal: musl's function leaves out 32 to 34, and programs of glibc send 34. */
#include <signal.h>
#include <string.h>

int sigfillset(sigset_t *set)
{
	memset(set, 0xff, sizeof(*set));
	return 0;
}
