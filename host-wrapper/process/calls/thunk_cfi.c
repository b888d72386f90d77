/* Call-frame information of thunks. See thunk_cfi.h. */
#include <string.h>

#include "thunk_cfi.h"

/* A one-byte SLEB128: the low seven bits. */
#define MINUS_WORD (0x80 - sizeof(uintptr_t))

_Static_assert(sizeof(struct thunk_cfi) % sizeof(uintptr_t) == 0, "padding");

struct thunk_cfi thunk_cfi(const struct thunk_area *area)
{
	struct thunk_cfi cfi = {
		.cie = {
			.length = sizeof(cfi.cie) - sizeof(cfi.cie.length),
			.id = UINT32_MAX,
			.version = 4,
			.address_size = sizeof(uintptr_t),
			.code_alignment = 1,
			.data_alignment = MINUS_WORD,
			.return_address = thunk_frames.return_address,
		},
		.fde = {
			.length = sizeof(cfi.fde) - sizeof(cfi.fde.length),
			.start = area->start,
			.size = area->stride * area->count,
		},
	};

	memcpy(cfi.cie.rules, thunk_frames.rules, sizeof(cfi.cie.rules));
	return cfi;
}
