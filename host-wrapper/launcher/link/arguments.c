/* System V psABI for x86-64 (3.2.3) and i386, and gcc's regparm and fastcall. See
 * arguments.h. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include <jumpslot/external_abi.h>
#include "arguments.h"
#include "common/plan.h"

/* The state of the walk along a type string. */
struct walk {
	struct arguments *to;
	bool wide; /* x86-64 */
	bool fastcall;
	uint32_t general, vector; /* registers in use */
	uint32_t general_count;
	uint32_t stack;
	uint32_t words; /* of the record */
};

/* One type of the string. */
struct type {
	char letter;
	uint64_t size;
	uint64_t alignment;
};

static struct type next_type(const char **string)
{
	struct type type = { .letter = *(*string)++ };
	char *end;

	if (type.letter != 'V' && type.letter != 'S')
		return type;
	type.size = strtoul(*string, &end, 10);
	if (type.letter == 'S')
		type.alignment = strtoul(end + 1, &end, 10);
	*string = end;
	return type;
}

static void add(struct walk *walk, struct type type, uint32_t place)
{
	struct arguments *to = walk->to;
	uint32_t words = place & PLAN_PLACE_WIDE ? 2 : 1;

	if (to->count == TRACE_MAX_ARGUMENTS ||
	    walk->words + words > TRACE_MAX_ARGUMENTS) {
		to->complete = false;
		return;
	}
	walk->words += words;
	if (type.letter == 'p')
		place |= PLAN_PLACE_TEXT;
	to->places[to->count++] =
		(struct argument_place){ type.letter, place, type.size };
}

static void on_stack(struct walk *walk, struct type type, uint64_t size,
		     uint64_t alignment, uint32_t flags)
{
	walk->stack = (uint32_t)((walk->stack + alignment - 1) / alignment * alignment);
	add(walk, type, PLAN_PLACE_STACK | flags | walk->stack);
	walk->stack +=
		(uint32_t)((size + (walk->wide ? 7 : 3)) & ~(walk->wide ? 7u : 3u));
}

/* Returns false if the place depends on more than the type. */
static bool pass_x86_64(struct walk *walk, struct type type)
{
	switch (type.letter) {
	case 'f':
	case 'd':
		if (walk->vector < 8)
			add(walk, type, PLAN_PLACE_VECTOR | walk->vector++);
		else
			on_stack(walk, type, 8, 8, 0);
		return true;
	case 'D':
		on_stack(walk, type, 16, 16, PLAN_PLACE_WIDE);
		return true;
	case 'S':
		if (type.size <= 16 || type.size == 32 || type.size == 64)
			return false;
		on_stack(walk, type, type.size, type.alignment < 8 ? 8 : type.alignment,
			 0);
		return true;
	case 'q':
	case 'Q':
	case 'V':
		return false;
	default:
		if (walk->general < 6)
			add(walk, type, walk->general++);
		else
			on_stack(walk, type, 8, 8, 0);
		return true;
	}
}

static bool pass_i386(struct walk *walk, struct type type)
{
	const bool is_long = type.letter == 'l' || type.letter == 'm';
	const uint32_t words = is_long ? 2 : 1;

	switch (type.letter) {
	case 'f':
		on_stack(walk, type, 4, 4, 0);
		return true;
	case 'd':
		on_stack(walk, type, 8, 4, PLAN_PLACE_LONG);
		return true;
	case 'D':
		on_stack(walk, type, 12, 4, PLAN_PLACE_WIDE);
		return true;
	case 'S':
		if (type.alignment >= 16)
			return false;
		on_stack(walk, type, type.size, 4, 0);
		return true;
	case 'q':
	case 'Q':
	case 'V':
		return false;
	}
	/* Compilers differ on what uses up registers after that. */
	if (walk->general_count && is_long &&
	    (walk->fastcall || walk->general_count - walk->general < words))
		return false;
	if (walk->general_count - walk->general < words) {
		on_stack(walk, type, (uint64_t)4 * words, 4,
			 is_long ? PLAN_PLACE_LONG : 0);
		return true;
	}
	add(walk, type, walk->general | (is_long ? PLAN_PLACE_LONG : 0));
	walk->general += words;
	return true;
}

static uint32_t result_kind(char letter, bool wide)
{
	if (letter == 'v' || letter == 'S')
		return PLAN_RESULT_NONE;
	if (letter == 'D' || (!wide && (letter == 'f' || letter == 'd')))
		return PLAN_RESULT_X87;
	return letter == 'f' || letter == 'd' || letter == 'V' ? PLAN_RESULT_VECTOR
							       : PLAN_RESULT_GENERAL;
}

/* A structure's address is the first argument if memory holds the result. Returns false
 * if that depends on more than the type. */
static bool skip_result(struct walk *walk, struct type result)
{
	if (result.letter == 'V')
		return false;
	if (result.letter != 'S' || (walk->wide && result.size <= 16))
		return true;
	if (walk->general_count > walk->general)
		walk->general++;
	else
		walk->stack += walk->wide ? 8 : 4;
	return true;
}

/* EAX, EDX, ECX for regparm(3); ECX, EDX for fastcall: the plan numbers them EAX 0, EDX
 * 1, ECX 2. */
static void name_registers_of_fastcall(struct arguments *arguments)
{
	for (size_t i = 0; i < arguments->count; i++) {
		uint32_t *place = &arguments->places[i].place;
		const uint32_t number = *place & PLAN_PLACE_NUMBER;

		if (!(*place & PLAN_PLACE_STACK))
			*place = (*place & ~(uint32_t)PLAN_PLACE_NUMBER) |
				 (number ? 1 : 2);
	}
}

void arguments_find(struct arguments *arguments, const char *type, uint32_t flags,
		    unsigned machine)
{
	const uint32_t convention = flags & JUMPSLOT_CONVENTION_MASK;
	struct walk walk = {
		.to = arguments,
		.wide = machine == EM_X86_64,
		.fastcall = convention == JUMPSLOT_FASTCALL,
	};
	struct type result;
	bool known;

	*arguments =
		(struct arguments){ .result = '?', .result_kind = PLAN_RESULT_GENERAL };
	if (!type || (!walk.wide && machine != EM_386))
		return;
	walk.general_count = walk.wide			       ? 6
			     : convention == JUMPSLOT_REGPARM3 ? 3
			     : walk.fastcall		       ? 2
							       : 0;
	result = next_type(&type);
	arguments->result = result.letter;
	arguments->result_kind = result_kind(result.letter, walk.wide);
	arguments->complete = true;
	known = skip_result(&walk, result);
	while (known && *type && *type != '.')
		known = (walk.wide ? pass_x86_64 : pass_i386)(&walk, next_type(&type));
	arguments->complete =
		arguments->complete && known && !(flags & JUMPSLOT_VARIADIC);
	arguments->stack_is_exact = known && !(flags & JUMPSLOT_VARIADIC);
	arguments->stack_bytes = walk.stack;
	if (walk.fastcall)
		name_registers_of_fastcall(arguments);
}
