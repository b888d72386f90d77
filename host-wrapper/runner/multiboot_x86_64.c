/* Multiboot enters 32-bit guests only. See multiboot.h. */
#include "multiboot.h"

int multiboot_make(struct message *message)
{
	(void)message;
	return 0;
}
