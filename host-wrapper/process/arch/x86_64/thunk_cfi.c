/* Call frames of x86-64's thunks: the stack is the call's throughout. See thunk_cfi.h. */
#include <elf.h>
#include <string.h>

#include "process/calls/thunk_cfi.h"

#define DW_CFA_def_cfa 0x0c
#define DW_CFA_offset  0x80
#define RSP	       7
#define RETURN_ADDRESS 16

struct debug_frame {
	struct {
		uint32_t length; /* of what follows it */
		uint32_t id;
		uint8_t version, augmentation, address_size, segment_size;
		uint8_t code_alignment, data_alignment, return_address;
		uint8_t rules[9];
	} __attribute__((__packed__)) cie;
	struct {
		uint32_t length;
		uint32_t cie; /* its offset */
		uint64_t start;
		uint64_t size;
	} __attribute__((__packed__)) fde;
};

_Static_assert(sizeof(struct debug_frame) <= THUNK_CFI_ROOM, "room");

const uint16_t thunk_cfi_machine = EM_X86_64;

size_t thunk_cfi_write(unsigned char cfi[THUNK_CFI_ROOM], const struct thunk_area *area)
{
	const struct debug_frame frame = {
		.cie = {
			.length = sizeof(frame.cie) - sizeof(frame.cie.length),
			.id = UINT32_MAX,
			.version = 4,
			.address_size = 8,
			.code_alignment = 1,
			.data_alignment = 0x78, /* -8 */
			.return_address = RETURN_ADDRESS,
			.rules = {
				DW_CFA_def_cfa, RSP, 8,
				DW_CFA_offset | RETURN_ADDRESS, 1,
			},
		},
		.fde = {
			.length = sizeof(frame.fde) - sizeof(frame.fde.length),
			.start = area->start,
			.size = area->stride * area->count,
		},
	};

	memcpy(cfi, &frame, sizeof(frame));
	return sizeof(frame);
}
