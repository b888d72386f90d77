/* Words and texts of arguments. See trace_arguments.h. */
#include <jumpslot/provider.h>

#include "runner/current.h"
#include "trace_arguments.h"

/* Texts of one call, at most. */
#define MAX_TEXTS 6
/* The shortest text that need not end in NUL. */
#define LEAST_TEXT 4

/* Bytes of the guest's memory from `address` on, `most` at most. */
static size_t readable(uintptr_t address, size_t most)
{
	const struct guest_region *region = current_region(address);

	if (!region || !(region->access & JUMPSLOT_READ))
		return 0;
	return region->end - address < most ? region->end - address : most;
}

uintptr_t trace_arguments_size(const struct trace_frame *frame)
{
	const size_t bytes = frame->function->watched->stack_bytes;
	const size_t there = readable(trace_stack(frame), bytes);

	/* Elsewhere: the call comes from a host function. */
	return there ? there & ~(sizeof(uintptr_t) - 1) : bytes;
}

/* Not memcpy(), which may use vector registers. A word is aligned, 8 bytes need not be.
 */
static uint64_t stack_word(const struct trace_frame *frame, size_t offset, bool is_long)
{
	const uintptr_t at = trace_stack(frame) + offset;
	const size_t size = is_long ? 8 : sizeof(uintptr_t);
	const volatile uint32_t *from = (const volatile uint32_t *)at;

	if (current_region(trace_stack(frame)) && readable(at, size) < size)
		return 0;
	return size == 4 ? from[0] : from[0] | (uint64_t)from[1] << 32;
}

/* An argument of up to 8 bytes. */
static uint64_t word_at(const struct trace_frame *frame, uint32_t place)
{
	const size_t number = place & PLAN_PLACE_NUMBER;
	uint64_t word;

	if (place & PLAN_PLACE_STACK)
		return stack_word(frame, number,
				  place & (PLAN_PLACE_LONG | PLAN_PLACE_WIDE));
	if (place & PLAN_PLACE_VECTOR)
		return frame->vectors[number % (TRACE_VECTORS + 1)];
	word = frame->general[number % TRACE_GENERAL];
	if (place & PLAN_PLACE_LONG)
		word |= (uint64_t)frame->general[(number + 1) % TRACE_GENERAL] << 32;
	return word;
}

/* Letters, spaces, and whatever is not ASCII: the supervisor escapes it. */
static bool is_text(char byte)
{
	return (unsigned char)byte >= ' '
		       ? byte != 0x7f
		       : byte == '\n' || byte == '\t' || byte == '\r' || byte == 0x1b;
}

/* Copies the text at that address. Returns its length, with TRACE_CUT_TEXT if there is
 * more, or TRACE_NO_TEXT. */
static uint64_t copy_text(uintptr_t address, char *to)
{
	const volatile char *from = (const volatile char *)address;
	const size_t room = readable(address, TRACE_MAX_TEXT + 1);
	size_t length = 0;

	if (!room)
		return TRACE_NO_TEXT;
	while (length < room && is_text(from[length]) && length < TRACE_MAX_TEXT) {
		to[length] = from[length];
		length++;
	}
	if (length == TRACE_MAX_TEXT)
		return length | TRACE_CUT_TEXT;
	if (!length || (length < LEAST_TEXT && (length == room || from[length])))
		return TRACE_NO_TEXT;
	return length;
}

static void add_text(struct trace_entry *entry, uintptr_t address)
{
	uint64_t text[TRACE_MAX_TEXT / sizeof(uint64_t)] = { 0 };
	const uint64_t length = copy_text(address, (char *)text);

	trace_entry_add(entry, length);
	if (length & TRACE_NO_TEXT)
		return;
	for (size_t i = 0; i < ((length & 0xff) + 7) / 8; i++)
		trace_entry_add(entry, text[i]);
}

void trace_arguments_add(struct trace_entry *entry, const struct trace_frame *frame)
{
	const struct plan_watched *watched = frame->function->watched;
	const uint32_t *places = plan_places(current->plan) + watched->first_place;
	unsigned texts = 0;

	for (uint32_t i = 0; i < watched->place_count; i++) {
		trace_entry_add(entry, word_at(frame, places[i]));
		if (places[i] & PLAN_PLACE_WIDE)
			trace_entry_add(entry, word_at(frame, places[i] + 8));
	}
	for (uint32_t i = 0; i < watched->place_count; i++)
		if (places[i] & PLAN_PLACE_TEXT && texts++ < MAX_TEXTS)
			add_text(entry, (uintptr_t)word_at(frame, places[i]));
}
