/* Fields of struct kick, for assembly. See asm_offset.h. */
#include "common/asm_offset.h"
#include "kick.h"

void kick_offsets(void);
void kick_offsets(void)
{
	OFFSET(KICK_PROCESS, struct kick, process);
	OFFSET(KICK_THREAD, struct kick, thread);
}
