/* Host functions that step the virtual processor (steps_provider.c). */
#ifndef STEPS_H
#define STEPS_H

#include <stdint.h>
#include <jumpslot/external_func.h>

/* From the return on, the processor stops after each instruction. After `first` of them,
 * and again after `second`, a vector becomes pending, STEPS_VECTOR and the next one. 0:
 * never. */
struct steps_raised {
	volatile uint64_t *pending;
	volatile unsigned count;
};
EXTERNAL_FUNC(void, steps_begin, struct steps_raised *, unsigned, unsigned)
EXTERNAL_FUNC(void, steps_end)
EXTERNAL_FUNC(int, steps_add, int, int)
EXTERNAL_FUNC_VARIADIC(int, steps_add_many, int)
EXTERNAL_FUNC(int, steps_call_back, int (*)(int), int)

#define STEPS_VECTOR 20

/* A function for each first call. EACH(name) per function. */
#define STEPS_TEN(EACH, tens)                                                            \
	EACH(steps_bind_##tens##0)                                                       \
	EACH(steps_bind_##tens##1)                                                       \
	EACH(steps_bind_##tens##2)                                                       \
	EACH(steps_bind_##tens##3)                                                       \
	EACH(steps_bind_##tens##4)                                                       \
	EACH(steps_bind_##tens##5)                                                       \
	EACH(steps_bind_##tens##6)                                                       \
	EACH(steps_bind_##tens##7)                                                       \
	EACH(steps_bind_##tens##8)                                                       \
	EACH(steps_bind_##tens##9)
#define STEPS_BINDS(EACH)                                                                \
	STEPS_TEN(EACH, 0)                                                               \
	STEPS_TEN(EACH, 1)                                                               \
	STEPS_TEN(EACH, 2)                                                               \
	STEPS_TEN(EACH, 3)                                                               \
	STEPS_TEN(EACH, 4)                                                               \
	STEPS_TEN(EACH, 5)                                                               \
	STEPS_TEN(EACH, 6)                                                               \
	STEPS_TEN(EACH, 7)                                                               \
	STEPS_TEN(EACH, 8)                                                               \
	STEPS_TEN(EACH, 9)                                                               \
	STEPS_TEN(EACH, 10)                                                              \
	STEPS_TEN(EACH, 11)
#define STEPS_DECLARE(name) EXTERNAL_FUNC(int, name, int)
STEPS_BINDS(STEPS_DECLARE)

#endif
