/*
 * Thread-local variables in a guest. Compilers reach them by FS or GS, which belong to
 *the host. clang's -femulated-tls calls a function instead, which this file defines:
 *
 *	static void *allocate(size_t size) { ... }
 *	JUMPSLOT_EMULATED_TLS(allocate)
 *
 * in one source file of the guest. An RTOS sets jumpslot_tls at each switch, to a
 * structure of the next thread that was zero when the thread started; without threads,
 * nothing has to be set. A variable gets its memory and its initial value at a thread's
 * first access; the memory of a thread that has ended can be freed with its structure. If
 * `allocate` returns NULL, the guest ends by a trap. Interrupt handlers must not use
 * thread-local variables: they run on any thread. Depends on <stddef.h>.
 */
#ifndef JUMPSLOT_EMULATED_TLS_H
#define JUMPSLOT_EMULATED_TLS_H

#include <stddef.h>

/* The variables of one thread. */
struct jumpslot_tls {
	void **variables; /* by index - 1; from `allocate` */
	size_t count;
};

/* The compiler emits one for each variable. */
struct jumpslot_tls_variable {
	size_t size;
	size_t alignment;
	size_t index;	     /* 0 until the first access */
	const void *initial; /* NULL: zero */
};

#ifdef __cplusplus
extern "C" {
#endif

extern struct jumpslot_tls *jumpslot_tls;
extern size_t jumpslot_tls_last;
void *__emutls_get_address(struct jumpslot_tls_variable *variable);

#ifdef __cplusplus
}
#endif

static inline void *jumpslot_tls_must(void *memory)
{
	if (!memory)
		__builtin_trap();
	return memory;
}

/* Threads that race for one variable agree on one index; the other stays unused. */
static inline size_t jumpslot_tls_index(struct jumpslot_tls_variable *variable)
{
	size_t index = __atomic_load_n(&variable->index, __ATOMIC_RELAXED);

	if (!index) {
		size_t next = __atomic_add_fetch(&jumpslot_tls_last, 1, __ATOMIC_RELAXED);

		if (__atomic_compare_exchange_n(&variable->index, &index, next, 0,
						__ATOMIC_RELAXED, __ATOMIC_RELAXED))
			index = next;
	}
	return index;
}

/* Makes room for `count` variables; the smaller table is not freed. */
static inline void jumpslot_tls_grow(struct jumpslot_tls *tls, size_t count,
				     void *(*allocate)(size_t))
{
	void **larger = (void **)jumpslot_tls_must(allocate(2 * count * sizeof(*larger)));

	for (size_t i = 0; i < 2 * count; i++)
		larger[i] = i < tls->count ? tls->variables[i] : NULL;
	tls->variables = larger;
	tls->count = 2 * count;
}

static inline void *jumpslot_tls_create(const struct jumpslot_tls_variable *variable,
					void *(*allocate)(size_t))
{
	const size_t mask = variable->alignment - 1;
	char *memory = (char *)jumpslot_tls_must(allocate(variable->size + mask));

	memory += -(size_t)memory & mask;
	for (size_t i = 0; i < variable->size; i++)
		memory[i] = variable->initial ? ((const char *)variable->initial)[i] : 0;
	return memory;
}

static inline void *jumpslot_tls_address(struct jumpslot_tls_variable *variable,
					 void *(*allocate)(size_t))
{
	const size_t index = jumpslot_tls_index(variable);
	struct jumpslot_tls *tls = jumpslot_tls;

	if (index > tls->count)
		jumpslot_tls_grow(tls, index, allocate);
	if (!tls->variables[index - 1])
		tls->variables[index - 1] = jumpslot_tls_create(variable, allocate);
	return tls->variables[index - 1];
}

#define JUMPSLOT_EMULATED_TLS(allocate)                                                  \
	static struct jumpslot_tls jumpslot_tls_first;                                   \
	struct jumpslot_tls *jumpslot_tls = &jumpslot_tls_first;                         \
	size_t jumpslot_tls_last;                                                        \
	void *__emutls_get_address(struct jumpslot_tls_variable *variable)               \
	{                                                                                \
		return jumpslot_tls_address(variable, allocate);                         \
	}

#endif
