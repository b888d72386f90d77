/* i386 guests are ET_EXEC: the launcher refuses the others. See relocate.h. */
#include "relocate.h"

int relocate(const struct plan *plan, uintptr_t zero, uint64_t base,
	     struct message *message)
{
	(void)plan;
	(void)zero;
	(void)base;
	(void)message;
	return 0;
}
