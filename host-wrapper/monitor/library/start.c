/*
 * The start of a partition library in C: constructors, and the provider's own start with
 * the options of the command line. Runs in the guest's ring, before the guest.
 */
#include <jumpslot/virt_bsp.h>

#include "library.h"
#include "monitor/library_map.h"

#define MESSAGE	     256
#define CANNOT_START 125

typedef void constructor(void);

extern constructor *const __init_array_start[] __attribute__((__weak__));
extern constructor *const __init_array_end[] __attribute__((__weak__));
int jumpslot_provider_init(const char *options, char *message, size_t size)
	__attribute__((__weak__));
void library_start(void);

/* The launcher fills it in. */
struct monitor_library_map library_map
	__attribute__((__used__, __section__(MONITOR_LIBRARY_SECTION))) = { .next = 1 };

static void complain(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	_BSP_Virtual_Console_error(text, length);
}

void library_start(void)
{
	char message[MESSAGE] = "it gives no reason";

	for (constructor *const *next = __init_array_start; next < __init_array_end;
	     next++)
		(*next)();
	if (!jumpslot_provider_init ||
	    !jumpslot_provider_init(library_map.options, message, sizeof(message)))
		return;
	complain("a partition library does not start: ");
	complain(message);
	complain("\n");
	_CPU_Virtual_exec_stop_error(CANNOT_START);
}
