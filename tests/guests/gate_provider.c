/* The host's side of gate.h. */
#include <jumpslot/provider.h>
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

/* As perf's --call-graph fp does in the kernel. */
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
