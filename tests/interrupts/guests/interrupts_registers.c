/* Fills registers with random contents, and compares. See interrupts_registers_check.h.
 */
#include <cpuid.h>

#include "../../lib/interrupts_case.h"
#include "interrupts_registers_check.h"

/* The vector registers that CPUID and the system (XCR0) support. */
#define XCR0_YMM 0x6
#define XCR0_ZMM 0xe6

static uint32_t enabled_components(void)
{
	uint32_t a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE) || !(c & bit_AVX))
		return 0;
	__asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
	return a;
}

uint32_t registers_level(void)
{
	uint32_t components = enabled_components(), a, b, c, d;

	if ((components & XCR0_YMM) != XCR0_YMM)
		return LEVEL_XMM;
	if ((components & XCR0_ZMM) != XCR0_ZMM ||
	    !__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(b & bit_AVX512F) ||
	    !(b & bit_AVX512BW))
		return LEVEL_YMM;
	return LEVEL_ZMM;
}

static uint64_t random_64(uint32_t *state)
{
	uint64_t high = random_next(state);

	return high << 32 | random_next(state);
}

/* Sets flags of masked exceptions only: with others the next instruction would fault. */
static void fill_x87(struct fx_area *fx, uint32_t *state)
{
	uint32_t masked = random_next(state) & 0x3f;

	fx->control = (uint16_t)((random_next(state) & 0xd00) | 0x240 | masked);
	fx->status =
		(uint16_t)((random_next(state) & 0x7f00) | (random_next(state) & masked));
	fx->tags = (uint8_t)random_next(state);
	for (int i = 0; i < 8; i++) {
		fx->x87[i][0] = random_64(state);
		fx->x87[i][1] = random_next(state) & 0xffff;
	}
	fx->mxcsr = random_next(state) & 0xffff;
}

static void fill_vectors(struct registers *registers, uint32_t *state)
{
	struct register_set *loaded = &registers->loaded;

	registers->initial = registers->level != LEVEL_XMM && random_next(state) % 4 == 0;
	for (int i = 0; i < ZMM_COUNT; i++)
		for (int j = 0; j < 8; j++)
			loaded->vectors[i][j] = registers->initial ? 0 : random_64(state);
	for (int i = 0; i < XMM_COUNT; i++)
		for (int j = 0; j < 2; j++)
			loaded->fx.xmm[i][j] = loaded->vectors[i][j] = random_64(state);
	for (int i = 0; i < 8; i++)
		loaded->masks[i] = registers->initial ? 0 : random_64(state);
}

/* Carry, parity, auxiliary, zero, sign, direction, overflow, alignment check,
 * identification. */
#define FLAGS 0x240cd5

void registers_fill(struct registers *registers, uint32_t spins, uint32_t *state)
{
	struct register_set *loaded = &registers->loaded;

	fill_x87(&loaded->fx, state);
	fill_vectors(registers, state);
	for (int i = 0; i < GENERAL_COUNT; i++)
		loaded->general[i] = (uintptr_t)random_64(state);
	loaded->general[GENERAL_CX] = 0;
	loaded->flags = (random_next(state) & FLAGS) | 0x202;
	for (int i = 0; i < BELOW_COUNT; i++)
		loaded->below[i] = random_64(state);
	registers->spins = spins;
}

static int differ(const uint64_t *a, const uint64_t *b, int count)
{
	uint64_t difference = 0;

	for (int i = 0; i < count; i++)
		difference |= a[i] ^ b[i];
	return difference != 0;
}

static const char *wrong_x87(const struct fx_area *a, const struct fx_area *b)
{
	if (a->control != b->control)
		return "x87 control";
	if (a->status != b->status)
		return "x87 status";
	if (a->tags != b->tags)
		return "x87 tags";
	for (int i = 0; i < 8; i++)
		if (a->x87[i][0] != b->x87[i][0] ||
		    (uint16_t)a->x87[i][1] != (uint16_t)b->x87[i][1])
			return "x87 stack";
	return NULL;
}

static const char *wrong_vector(const struct registers *registers)
{
	const struct register_set *a = &registers->loaded, *b = &registers->seen;
	int ymm = registers->level == LEVEL_YMM ? XMM_COUNT : 0;
	int zmm = registers->level == LEVEL_ZMM ? ZMM_COUNT : 0;

	if (a->fx.mxcsr != b->fx.mxcsr)
		return "MXCSR";
	if (differ(a->fx.xmm[0], b->fx.xmm[0], 2 * XMM_COUNT))
		return "XMM";
	for (int i = 0; i < ymm; i++)
		if (differ(a->vectors[i], b->vectors[i], 4))
			return "YMM";
	if (differ(a->vectors[0], b->vectors[0], 8 * zmm))
		return "ZMM";
	return zmm && differ(a->masks, b->masks, 8) ? "masks" : NULL;
}

const char *registers_wrong(const struct registers *registers)
{
	const struct register_set *a = &registers->loaded, *b = &registers->seen;
	const char *wrong = wrong_x87(&a->fx, &b->fx);

	if (a->sp != b->sp)
		return "stack pointer";
	if (differ(a->general, b->general, GENERAL_COUNT))
		return "general registers";
	if (a->flags != b->flags)
		return "flags";
	if (differ(a->below, b->below, BELOW_COUNT))
		return "red zone";
	return wrong ? wrong : wrong_vector(registers);
}

/* Intel SDM, volume 1, 8.1.10: control, status and tag word, then 16 bytes. */
struct x87_environment {
	uint32_t control, status, tags, other[4];
};

/* Direction, trap and alignment check; any code may change identification. */
#define FLAGS_ON_ENTRY 0x40500

const char *registers_wrong_on_entry(const void *frame_address)
{
	struct x87_environment x87;
	uintptr_t flags;
	uint32_t mxcsr;

#ifdef __x86_64__
	flags = __builtin_ia32_readeflags_u64(); /* respects the red zone */
#else
	flags = __builtin_ia32_readeflags_u32();
#endif
	__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
	__asm__ volatile("fnstenv %0; fldenv %0" : "+m"(x87));
	if (flags & FLAGS_ON_ENTRY)
		return "flags on entry";
	if (mxcsr >> 6 != 0x1f80 >> 6)
		return "MXCSR on entry";
	if ((uint16_t)x87.control != 0x37f)
		return "x87 control on entry";
	if ((uint16_t)x87.tags != 0xffff)
		return "x87 tags on entry";
	return ((uintptr_t)frame_address + 2 * sizeof(uintptr_t)) % 16 ? "stack alignment"
								       : NULL;
}
