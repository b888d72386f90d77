/*
 * The bound of stack arguments, and the choice of the mode. See call_mode.h.
 *
 * A type string leaves cases open: a struct of 16 bytes may be passed in general
 * registers, in vector registers or in memory, a vector of 32 bytes in a register or,
 * without AVX, in memory. The bound then counts the worst of all cases at once: the
 * argument uses up every register that could hold it, and also lies on the stack,
 * aligned. Fewer registers or more bytes for earlier arguments never reduce the stack
 * that later arguments need, so the sum is a bound for every case.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include <jumpslot/external_abi.h>
#include "common/plan.h"
#include "call_mode.h"

/* A gate that copies arguments keeps no larger alignment. */
#define MAX_ALIGNMENT 64u

/* One type of a type string. */
struct argument {
	char letter;
	uint64_t size;
	uint64_t alignment; /* of a struct */
};

/* Registers left for the remaining arguments, and stack used so far. */
struct passing {
	unsigned general; /* registers of one word */
	unsigned vector;
	bool fastcall;
	uint64_t alignment; /* the largest */
	uint64_t bytes;
};

static struct argument next_argument(const char **type)
{
	struct argument argument = { .letter = *(*type)++ };
	char *end;

	if (argument.letter != 'V' && argument.letter != 'S')
		return argument;
	argument.size = strtoul(*type, &end, 10);
	if (argument.letter == 'S')
		argument.alignment = strtoul(end + 1, &end, 10);
	*type = end;
	return argument;
}

static uint64_t round_up(uint64_t value, uint64_t alignment)
{
	return (value + alignment - 1) / alignment * alignment;
}

/* The alignment of a vector: the smallest power of two from `least` that holds it. */
static uint64_t power_of_two(uint64_t size, uint64_t least)
{
	while (least < size)
		least *= 2;
	return least;
}

/* Takes at least one stack slot, aligned to a slot or more. */
static void push(struct passing *passing, uint64_t size, uint64_t alignment,
		 uint64_t slot)
{
	if (alignment < slot)
		alignment = slot;
	if (alignment > passing->alignment)
		passing->alignment = alignment;
	passing->bytes = round_up(passing->bytes, alignment) +
			 (size ? round_up(size, slot) : slot);
}

static void use_up(unsigned *registers, uint64_t count)
{
	*registers -= count < *registers ? (unsigned)count : *registers;
}

/* Integers and pointers of one or two words: either in registers or on the stack. With
 * one register left, compilers differ on whether a later argument may use it. */
static void pass_words(struct passing *passing, unsigned words, uint64_t slot)
{
	if (words > passing->general)
		push(passing, words * slot, words * slot, slot);
	use_up(&passing->general, words);
}

/* System V psABI for x86-64, 3.2.3. */
static void pass_x86_64(struct passing *passing, struct argument argument)
{
	switch (argument.letter) {
	case 'q':
	case 'Q':
		pass_words(passing, 2, 8);
		break;
	case 'f':
	case 'd':
		if (!passing->vector)
			push(passing, 8, 8, 8);
		use_up(&passing->vector, 1);
		break;
	case 'D':
		push(passing, 16, 16, 8);
		break;
	case 'V':
		/* Compilers differ up to 8 bytes; 32 and 64 need AVX and AVX-512. */
		use_up(&passing->general, argument.size <= 8);
		use_up(&passing->vector, 1);
		push(passing, argument.size, power_of_two(argument.size, 8), 8);
		break;
	case 'S':
		/* One or two eightbytes of any class, or a vector as large as it. */
		if (argument.size <= 16) {
			use_up(&passing->general, (argument.size + 7) / 8);
			use_up(&passing->vector, (argument.size + 7) / 8);
		}
		use_up(&passing->vector, argument.size == 32 || argument.size == 64);
		push(passing, argument.size, argument.alignment, 8);
		break;
	default:
		pass_words(passing, 1, 8);
	}
}

static uint64_t size_i386(struct argument argument)
{
	switch (argument.letter) {
	case 'l':
	case 'm':
	case 'd':
		return 8;
	case 'D':
		return 12;
	case 'q':
	case 'Q':
		return 16;
	case 'V':
		/* Without SSE, clang gives each element a slot. */
		return argument.size < 4 ? 16 : argument.size * 4;
	case 'S':
		return argument.size;
	default:
		return 4;
	}
}

/* Only vectors, and structs with vectors, have a stack alignment above 4. */
static uint64_t alignment_i386(struct argument argument)
{
	if (argument.letter == 'V')
		return power_of_two(argument.size, 16);
	if (argument.letter == 'S' && argument.alignment >= 16)
		return argument.alignment;
	return 4;
}

static bool is_integer(char letter)
{
	return letter && strchr("BbhilctumpqQ", letter);
}

/*
 * System V psABI for i386, and gcc's manual on regparm and fastcall. fastcall passes
 * nothing larger than 4 bytes in registers, but in gcc such arguments use them up.
 */
static void pass_i386(struct passing *passing, struct argument argument)
{
	uint64_t size = size_i386(argument);
	unsigned words = (unsigned)((size + 3) / 4);

	if (!is_integer(argument.letter) || words > passing->general ||
	    (passing->fastcall && size > 4))
		push(passing, size, alignment_i386(argument), 4);
	use_up(&passing->general, words);
}

/*
 * A result may be in the caller's memory; its address is then the first argument. Without
 * SSE, clang passes the address of a vector on the stack in every convention.
 */
static void pass_result(struct passing *passing, struct argument result, uint64_t slot)
{
	if (result.letter == 'V' && slot == 4) {
		push(passing, 4, 4, 4);
		use_up(&passing->general, 1);
	} else if (result.letter == 'S' || result.letter == 'V') {
		pass_words(passing, 1, slot);
	}
}

static unsigned registers_i386(uint32_t convention)
{
	if (convention == JUMPSLOT_REGPARM3)
		return 3;
	return convention == JUMPSLOT_FASTCALL ? 2 : 0;
}

bool call_mode_stack_bytes(const char *type, uint32_t flags, unsigned machine,
			   uint32_t *bytes)
{
	uint32_t convention = flags & JUMPSLOT_CONVENTION_MASK;
	bool wide = machine == EM_X86_64;
	struct passing passing = {
		.general = wide ? 6 : registers_i386(convention),
		.vector = 8,
		.fastcall = convention == JUMPSLOT_FASTCALL,
	};

	if (flags & JUMPSLOT_VARIADIC || (!wide && machine != EM_386))
		return false;
	pass_result(&passing, next_argument(&type), wide ? 8 : 4);
	while (*type && *type != '.')
		(wide ? pass_x86_64 : pass_i386)(&passing, next_argument(&type));
	*bytes = (uint32_t)passing.bytes;
	return passing.alignment <= MAX_ALIGNMENT &&
	       passing.bytes <= JUMPSLOT_MAX_STACK_BYTES;
}

bool call_mode_bound(const struct import *import, const struct provided *function,
		     unsigned machine, uint32_t *bytes)
{
	const char *type = import->type ? import->type : function->type;
	uint32_t flags = import->type ? import->flags : function->flags;

	*bytes = function->stack_bytes;
	if (function->carry & JUMPSLOT_CARRY_STACK)
		return true;
	return type && call_mode_stack_bytes(type, flags, machine, bytes);
}

struct call_mode call_mode_decide(const struct import *import,
				  const struct provided *function, unsigned machine)
{
	uint32_t said = function->carry & JUMPSLOT_CARRY_MASK;
	struct call_mode call = { .mode = PLAN_GATED };

	if (said == JUMPSLOT_CARRY_DIRECT)
		return (struct call_mode){ .mode = PLAN_DIRECT };
	if (!call_mode_bound(import, function, machine, &call.stack_bytes))
		call = (struct call_mode){ .mode = PLAN_GUEST_STACK };
	if (said == JUMPSLOT_CARRY_BLOCKING)
		call.mode |= PLAN_BLOCKING;
	return call;
}

/* Vectors of 32 and 64 bytes, and structures that may hold one, are passed in registers
 * larger than the 16 bytes that a trap carries otherwise. */
static bool has_wide_vector(const char *type)
{
	while (*type && *type != '.') {
		const struct argument argument = next_argument(&type);

		if ((argument.letter == 'V' && argument.size > 16) ||
		    (argument.letter == 'S' && argument.alignment > 16))
			return true;
	}
	return false;
}

static bool may_be_wide(const struct import *import, const struct provided *function)
{
	const char *type = import->type ? import->type : function->type;

	return !type || has_wide_vector(type);
}

static bool is_inline(const char *name)
{
	static const char *const names[] = {
#define INLINE(function) #function,
#include "common/inline.def"
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

struct call_mode call_mode_trap(const struct import *import,
				const struct provided *function, unsigned machine,
				bool is_runners)
{
	const uint32_t said = function->carry & JUMPSLOT_CARRY_MASK;
	struct call_mode call = { .mode = PLAN_TRAP };

	if (is_runners && is_inline(import->name))
		return (struct call_mode){ .mode = PLAN_INLINE };
	if (!call_mode_bound(import, function, machine, &call.stack_bytes))
		call = (struct call_mode){ .mode = PLAN_TRAP_STACK };
	if (said == JUMPSLOT_CARRY_BLOCKING)
		call.mode |= PLAN_BLOCKING;
	if (said == JUMPSLOT_CARRY_DIRECT)
		call.mode |= PLAN_LEAF;
	if (may_be_wide(import, function))
		call.mode |= PLAN_WIDE;
	return call;
}
