/* Asks libc for XSAVE: a CPUID of its own would be slow. See initial_state_x86.h. */
#include <sys/platform/x86.h>

#include "initial_state_x86.h"

bool initial_state_by_xsave;

void initial_state_start(void)
{
	initial_state_by_xsave = CPU_FEATURE_PRESENT(OSXSAVE);
}
