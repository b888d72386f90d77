/*
 * Functions of cpu.h that an unfinished port does not have yet: they do nothing.
 * NO_CLOCK: interrupts and clock are missing too.
 */
#include "cpu.h"

void cpu_faults_init(void)
{
}

#ifdef NO_CLOCK
void interrupts_init(void);

void interrupts_init(void)
{
}

bool cpu_vector_connect(int vector)
{
	return vector < 0;
}

void cpu_vector_disconnect(int vector)
{
	(void)vector;
}

void cpu_vector_acknowledge(int vector)
{
	(void)vector;
}

void cpu_wait(void)
{
}

void cpu_idle(void)
{
	cpu_stop(1);
}

bool cpu_clock_start(uint32_t rate)
{
	return rate > 0;
}

uint32_t cpu_clock_periods(void)
{
	return 0;
}

uint32_t cpu_clock_missed(void)
{
	return 0;
}

bool cpu_clock_skip(uint32_t periods)
{
	return !periods;
}
#endif
