/*
 * Recognizes instructions by prefixes, opcode and operand, from the table in
 * privileged.def. Depends on privileged.h alone.
 */
#include "privileged.h"

/* The operand that must follow the opcode. */
enum form {
	ANY,	  /* any bytes, or none */
	MEMORY,	  /* a ModRM byte with a memory operand */
	REGISTER, /* a ModRM byte with a register */
	EITHER,	  /* a ModRM byte */
};

#define ANY_REG (-1)

/* See privileged.def. */
enum category { PRIVILEGED, SENSITIVE, SILENT, KERNEL };

struct instruction {
	const char *name;
	const char *instead;
	uint16_t opcode;  /* two bytes from 0x0f00 on */
	uint8_t variants; /* bits of the opcode that may differ */
	uint8_t form;
	int8_t reg; /* ModRM.reg, or ANY_REG */
	int8_t rm;  /* ModRM.rm, or ANY_REG */
	bool only_32_bit;
	bool repeated; /* needs the prefix F3 */
	uint8_t category;
};

#define PLAIN(category, op, variants, name, instead)                                     \
	{ name, instead, op, variants, ANY, ANY_REG, ANY_REG, false, false, category },
#define PLAIN_32(category, op, variants, name, instead)                                  \
	{ name, instead, op, variants, ANY, ANY_REG, ANY_REG, true, false, category },
#define GROUP(category, op, form, reg, name, instead)                                    \
	{ name, instead, op, 0, form, reg, ANY_REG, false, false, category },
#define GROUP_32(category, op, form, name, instead)                                      \
	{ name, instead, op, 0, form, ANY_REG, ANY_REG, true, false, category },
#define EXACT(category, op, reg, rm, name, instead)                                      \
	{ name, instead, op, 0, REGISTER, reg, rm, false, false, category },
#define REPEATED(category, op, reg, name, instead)                                       \
	{ name, instead, op, 0, REGISTER, reg, ANY_REG, false, true, category },
/* A prefix does not fault by itself, so the runner does not look for it. */
#define PREFIX(category, op, variants, name, instead)

static const struct instruction table[] = {
#include "privileged.def"
};
#define COUNT (sizeof(table) / sizeof(*table))

static bool is_prefix(uint8_t byte)
{
	switch (byte) {
	case 0x26: /* segments */
	case 0x2e:
	case 0x36:
	case 0x3e:
	case 0x64:
	case 0x65:
	case 0x66: /* sizes */
	case 0x67:
	case 0xf0: /* LOCK */
	case 0xf2: /* REPNE, REP */
	case 0xf3:
		return true;
	}
	return false;
}

static bool is_rex(uint8_t byte, bool is_64_bit)
{
	return is_64_bit && (byte & 0xf0) == 0x40;
}

static bool has_modrm(const struct instruction *instruction, uint8_t modrm)
{
	const int reg = modrm >> 3 & 7, rm = modrm & 7;
	const bool is_register = modrm >> 6 == 3;

	if ((instruction->form == MEMORY && is_register) ||
	    (instruction->form == REGISTER && !is_register))
		return false;
	return (instruction->reg == ANY_REG || instruction->reg == reg) &&
	       (instruction->rm == ANY_REG || instruction->rm == rm);
}

/* `code` starts after the opcode. */
static bool matches(const struct instruction *instruction, uint16_t opcode, bool repeated,
		    const uint8_t *code, size_t count, bool is_64_bit)
{
	if (instruction->category == SILENT ||
	    (opcode ^ instruction->opcode) & ~instruction->variants ||
	    (instruction->only_32_bit && is_64_bit) ||
	    (instruction->repeated && !repeated))
		return false;
	return instruction->form == ANY || (count && has_modrm(instruction, *code));
}

uint32_t privileged_find(const uint8_t *code, size_t count, bool is_64_bit)
{
	const uint8_t *end = code + count;
	bool repeated = false;
	uint16_t opcode;

	while (code < end && (is_prefix(*code) || is_rex(*code, is_64_bit)))
		repeated |= *code++ == 0xf3;
	if (code == end)
		return PRIVILEGED_NONE;
	opcode = *code++;
	if (opcode == 0x0f && code < end)
		opcode = (uint16_t)(opcode << 8 | *code++);
	for (uint32_t i = 0; i < COUNT; i++)
		if (matches(&table[i], opcode, repeated, code, (size_t)(end - code),
			    is_64_bit))
			return i;
	return PRIVILEGED_NONE;
}

const char *privileged_name(uint32_t number)
{
	return number < COUNT ? table[number].name : "?";
}

const char *privileged_instead(uint32_t number)
{
	return number < COUNT ? table[number].instead : "?";
}
