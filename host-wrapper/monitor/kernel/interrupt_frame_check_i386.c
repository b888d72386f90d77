/* The i386 frame of this kernel is that of the i386 runtime's code. */
#include <stddef.h>

#include "interrupt_frame_i386.h"
#include "vcpu/vcpu_offsets.h"

#define AS_IN_THE_RUNTIME(name, field)                                                   \
	_Static_assert((name) == offsetof(struct frame_i386, field), #name)

AS_IN_THE_RUNTIME(FRAME_LEVEL, shown.level);
AS_IN_THE_RUNTIME(FRAME_FEATURES, features);
AS_IN_THE_RUNTIME(FRAME_CHANGED, changed);
AS_IN_THE_RUNTIME(FRAME_VECTORS, vectors);
AS_IN_THE_RUNTIME(FRAME_RETURN, returns);
AS_IN_THE_RUNTIME(FRAME_GENERAL, registers);
