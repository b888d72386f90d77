/* Multiboot enters 32-bit guests only. See multiboot.h. */
#include "multiboot.h"

int multiboot_make(struct runner *runner, struct message *message)
{
	(void)runner;
	(void)message;
	return 0;
}
