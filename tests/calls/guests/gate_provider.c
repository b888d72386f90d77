/* The host's side of gate.h. */
#include <jumpslot/provider.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include "gate.h"
EF(protected_code)
EF(frames_lead_to)
EF(frames_lead_to_variadic)
EF(use_stack)
EF(stop_here)
EF(stop_here_variadic)
EF(stop_here_callback)
EF(return_in_memory)
EF(call_back_for_memory)
EF(call_plainly)
EF(call_plainly_variadic)
EF(nothing)
EF(nothing_variadic)
EF(nothing_blocking)
EF(mask_signal)
EF(next_phase)
JUMPSLOT_BLOCKING(nothing_blocking)

int protected_code(const void *target)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long low, high;
	char line[512], access[5];
	int found = 0, both = 0;

	while (maps && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %4s", &low, &high, access) != 3)
			continue;
		both |= access[1] == 'w' && access[2] == 'x';
		if ((uintptr_t)target >= low && (uintptr_t)target < high)
			found = !strcmp(access, "r-xp");
	}
	if (maps)
		fclose(maps);
	return found && !both;
}

/* Does what the kernel does for perf's --call-graph fp. */
static int follow_frames(const uintptr_t *frame, uintptr_t start, uintptr_t end)
{
	for (int i = 0; frame && i < 8; i++) {
		if (frame[1] >= start && frame[1] < end)
			return 1;
		frame = (const uintptr_t *)frame[0];
	}
	return 0;
}

int frames_lead_to(uintptr_t start, uintptr_t end)
{
	return follow_frames(__builtin_frame_address(0), start, end);
}

int frames_lead_to_variadic(uintptr_t start, ...)
{
	__builtin_va_list arguments;
	uintptr_t end;

	__builtin_va_start(arguments, start);
	end = __builtin_va_arg(arguments, uintptr_t);
	__builtin_va_end(arguments);
	return follow_frames(__builtin_frame_address(0), start, end);
}

int use_stack(int size)
{
	volatile char room[size];

	for (int i = 0; i < size; i += 64)
		room[i] = 1;
	return room[0];
}

int stop_here(int a, int b, int c, int d, int e, int f, int g, int h)
{
	return a + b + c + d + e + f + g + h;
}

int stop_here_variadic(int a, ...)
{
	return a;
}

int stop_here_callback(int (*function)(int), int value)
{
	return jumpslot_guest_call(function, value) + 1;
}

struct gate_result return_in_memory(void)
{
	return (struct gate_result){ { 1, 2, 3, 4, 5, 6, 7, 8 } };
}

int call_back_for_memory(struct gate_result (*function)(void))
{
	return jumpslot_guest_call(function).words[7];
}

void call_plainly(void (*function)(void))
{
	function();
}

void call_plainly_variadic(void (*function)(int, ...))
{
	function(0);
}

void nothing(void)
{
}

void nothing_variadic(int zero, ...)
{
	(void)zero;
}

void nothing_blocking(void)
{
}

void mask_signal(int what)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(what == MASK ? SIG_BLOCK : SIG_UNBLOCK,
			what == KEEP ? NULL : &set, NULL);
}

void next_phase(int number)
{
	(void)number;
}
