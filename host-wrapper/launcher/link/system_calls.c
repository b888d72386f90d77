/* Asks libseccomp's tables. See system_calls.h. */
#include <elf.h>
#include <inttypes.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system_calls.h"

/* In the number of a call of the ABI x32, whose architecture is that of x86-64. */
#define X32 0x40000000

uint32_t system_call_architecture(unsigned machine)
{
	switch (machine) {
	case EM_X86_64:
		return SCMP_ARCH_X86_64;
	case EM_386:
		return SCMP_ARCH_X86;
	}
	return 0;
}

/* Calls of i386 since Linux 4.3. libseccomp gives their names a negative number, since
 * libc makes socketcall() of all of them, whose arguments no filter sees. */
static const struct {
	const char *name;
	int number;
} socket_calls[] = {
	{ "socket", 359 },	{ "socketpair", 360 }, { "bind", 361 },
	{ "connect", 362 },	{ "listen", 363 },     { "accept4", 364 },
	{ "getsockopt", 365 },	{ "setsockopt", 366 }, { "getsockname", 367 },
	{ "getpeername", 368 }, { "sendto", 369 },     { "sendmsg", 370 },
	{ "recvfrom", 371 },	{ "recvmsg", 372 },    { "shutdown", 373 },
};

static int socket_call(const char *name)
{
	for (size_t i = 0; i < sizeof(socket_calls) / sizeof(*socket_calls); i++)
		if (!strcmp(socket_calls[i].name, name))
			return socket_calls[i].number;
	return -1;
}

int system_call_number(const char *name, uint32_t architecture, bool *known)
{
	int number = seccomp_syscall_resolve_name_arch(architecture, name);

	*known = number != __NR_SCMP_ERROR;
	if (*known && number < 0 && architecture == SCMP_ARCH_X86)
		number = socket_call(name);
	return number;
}

/* Negative numbers are of no ABI, although they have the bit. */
static bool is_x32(int number)
{
	return number > 0 && number & X32;
}

static const char *architecture_name(int number, uint32_t architecture)
{
	if (architecture == SCMP_ARCH_X86)
		return "i386";
	if (architecture == SCMP_ARCH_X86_64)
		return is_x32(number) ? "x32" : "x86_64";
	return "an unknown ABI";
}

void system_call_describe(int number, uint32_t architecture, uint32_t own, char *text,
			  size_t size)
{
	const bool foreign = architecture != own || is_x32(number);
	const char *of = foreign ? " of " : "";
	const char *abi = foreign ? architecture_name(number, architecture) : "";
	const int plain = is_x32(number) ? number & ~X32 : number;
	char *name =
		number < 0 ? NULL : seccomp_syscall_resolve_num_arch(architecture, plain);

	if (name)
		snprintf(text, size, "%d (%s)%s%s", plain, name, of, abi);
	else
		snprintf(text, size, "%d%s%s", plain, of, abi);
	free(name);
}
