/* A table of opcodes, and prefixes before them. See privileged.h. */
#include "privileged.h"

/* What has to stand behind the opcode. */
enum form {
	ANY,	  /* anything: it is not looked at */
	MEMORY,	  /* a ModRM byte with a memory operand */
	REGISTER, /* one with a register */
	EITHER,
};

#define ANY_REG (-1)

struct instruction {
	const char *name;
	const char *instead;
	uint16_t opcode;    /* 0x0f00 and more: two bytes */
	uint8_t variants;   /* bits of it that may differ */
	uint8_t form;
	int8_t reg;	    /* ModRM.reg, or ANY_REG */
	int8_t rm;	    /* ModRM.rm, or ANY_REG */
	bool only_32_bit;
	bool repeated;	    /* has the prefix F3 */
};

#define CONSOLE_IN  "use _BSP_Virtual_Console_read() or a provider's function"
#define CONSOLE_OUT "use _BSP_Virtual_Console_write() or a provider's function"
#define PAGING	    "paging and caches are the host's"
#define CONTROL                            \
	"paging and modes are the host's; " \
	"_BSP_Virtual_faulthandler() tells addresses"
#define DEBUGGING   "debug registers are the host's"
#define SEGMENTS    "segments are the host's"
#define VECTORS	    "use _CPU_Virtual_Set_handler() and _BSP_Virtual_faulthandler()"
#define MODEL	    "use a provider's function"
#define TIME	    "use _BSP_Virtual_Clock_read()"
#define WAITING	    "use _CPU_Virtual_Wait_for_event()"
#define RETURNING   "return from the interrupt handler"
#define RAISING	    "use _CPU_Virtual_Irq_raise() or an external function"

#define PLAIN(op, variants, name, instead) \
	{ name, instead, op, variants, ANY, ANY_REG, ANY_REG, false, false }
#define PLAIN_32(op, variants, name, instead) \
	{ name, instead, op, variants, ANY, ANY_REG, ANY_REG, true, false }
#define GROUP(op, form, reg, name, instead) \
	{ name, instead, op, 0, form, reg, ANY_REG, false, false }
#define GROUP_32(op, variants, form, name, instead) \
	{ name, instead, op, variants, form, ANY_REG, ANY_REG, true, false }
#define EXACT(op, reg, rm, name, instead) \
	{ name, instead, op, 0, REGISTER, reg, rm, false, false }
#define REPEATED(op, reg, name, instead) \
	{ name, instead, op, 0, REGISTER, reg, ANY_REG, false, true }

/* Intel SDM, volume 2, appendix A. */
static const struct instruction table[] = {
	PLAIN(0xfa, 0, "cli", "use _CPU_Virtual_Interrupts_disable()"),
	PLAIN(0xfb, 0, "sti", "use _CPU_Virtual_Interrupts_enable()"),
	PLAIN(0xf4, 0, "hlt", WAITING),
	PLAIN(0xe4, 1, "in", CONSOLE_IN),
	PLAIN(0xec, 1, "in", CONSOLE_IN),
	PLAIN(0x6c, 1, "ins", CONSOLE_IN),
	PLAIN(0xe6, 1, "out", CONSOLE_OUT),
	PLAIN(0xee, 1, "out", CONSOLE_OUT),
	PLAIN(0x6e, 1, "outs", CONSOLE_OUT),
	PLAIN(0x0f20, 0, "mov from a control register", CONTROL),
	PLAIN(0x0f22, 0, "mov to a control register", CONTROL),
	PLAIN(0x0f21, 0, "mov from a debug register", DEBUGGING),
	PLAIN(0x0f23, 0, "mov to a debug register", DEBUGGING),
	GROUP(0x0f01, EITHER, 6, "lmsw", CONTROL),
	GROUP(0x0f01, EITHER, 4, "smsw", CONTROL),
	PLAIN(0x0f06, 0, "clts", "floating point is always there"),
	GROUP(0x0f01, MEMORY, 0, "sgdt", SEGMENTS),
	GROUP(0x0f01, MEMORY, 2, "lgdt", SEGMENTS),
	GROUP(0x0f01, MEMORY, 1, "sidt", VECTORS),
	GROUP(0x0f01, MEMORY, 3, "lidt", VECTORS),
	GROUP(0x0f00, EITHER, 0, "sldt", SEGMENTS),
	GROUP(0x0f00, EITHER, 2, "lldt", SEGMENTS),
	GROUP(0x0f00, EITHER, 1, "str", SEGMENTS),
	GROUP(0x0f00, EITHER, 3, "ltr", SEGMENTS),
	GROUP(0x0f01, MEMORY, 7, "invlpg", PAGING),
	PLAIN(0x0f08, 0, "invd", PAGING),
	PLAIN(0x0f09, 0, "wbinvd", PAGING),
	PLAIN(0x0f30, 0, "wrmsr", MODEL),
	PLAIN(0x0f32, 0, "rdmsr", MODEL),
	PLAIN(0x0f33, 0, "rdpmc", TIME),
	PLAIN(0x0f31, 0, "rdtsc", TIME),
	EXACT(0x0f01, 7, 1, "rdtscp", TIME),
	EXACT(0x0f01, 2, 1, "xsetbv", "vector registers are there as the host has them"),
	EXACT(0x0f01, 1, 0, "monitor", WAITING),
	EXACT(0x0f01, 1, 1, "mwait", WAITING),
	EXACT(0x0f01, 1, 2, "clac", PAGING),
	EXACT(0x0f01, 1, 3, "stac", PAGING),
	EXACT(0x0f01, 7, 0, "swapgs", SEGMENTS),
	REPEATED(0x0fae, 0, "rdfsbase", SEGMENTS),
	REPEATED(0x0fae, 1, "rdgsbase", SEGMENTS),
	REPEATED(0x0fae, 2, "wrfsbase", SEGMENTS),
	REPEATED(0x0fae, 3, "wrgsbase", SEGMENTS),
	PLAIN(0x8e, 0, "mov to a segment register", SEGMENTS),
	PLAIN_32(0x07, 0x10, "pop to a segment register", SEGMENTS), /* ES, SS */
	PLAIN_32(0x1f, 0, "pop to a segment register", SEGMENTS), /* DS */
	PLAIN(0x0fa1, 8, "pop to a segment register", SEGMENTS), /* FS, GS */
	GROUP_32(0xc5, 0, MEMORY, "lds", SEGMENTS),
	GROUP_32(0xc4, 0, MEMORY, "les", SEGMENTS),
	GROUP(0x0fb2, MEMORY, ANY_REG, "lss", SEGMENTS),
	GROUP(0x0fb4, MEMORY, ANY_REG, "lfs", SEGMENTS),
	GROUP(0x0fb5, MEMORY, ANY_REG, "lgs", SEGMENTS),
	PLAIN(0xca, 1, "far return", SEGMENTS),
	PLAIN_32(0xea, 0, "far jump", SEGMENTS),
	GROUP(0xff, MEMORY, 5, "far jump", SEGMENTS),
	PLAIN_32(0x9a, 0, "far call", SEGMENTS),
	GROUP(0xff, MEMORY, 3, "far call", SEGMENTS),
	PLAIN(0xcf, 0, "iret", RETURNING),
	PLAIN(0x0f07, 0, "sysret", RETURNING),
	PLAIN(0x0f35, 0, "sysexit", RETURNING),
	PLAIN(0x0faa, 0, "rsm", RETURNING),
	PLAIN(0xcd, 0, "int", RAISING),
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

/* `code` is behind the opcode. */
static bool is_it(const struct instruction *instruction, uint16_t opcode, bool repeated,
		  const uint8_t *code, size_t count, bool is_64_bit)
{
	if ((opcode ^ instruction->opcode) & ~instruction->variants ||
	    (instruction->only_32_bit && is_64_bit) || (instruction->repeated && !repeated))
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
		if (is_it(&table[i], opcode, repeated, code, (size_t)(end - code),
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
