/*
 * Declares and provides the functions of a list. A test compiles one source in several
 * forms, and each must give the same results:
 *
 *   -DUNTYPED                 this side does not declare types
 *   -DCARRY=JUMPSLOT_DIRECT   the provider uses this macro of provider.h, or another one
 *   '-DCARRY(func)=...'       for macros with a second argument; default: no macro
 */
#ifndef CALLS_FORM_H
#define CALLS_FORM_H

#ifdef UNTYPED
#define CALL(ret, func, ...)                                                             \
	ret func(__VA_ARGS__);                                                           \
	EXTERNAL_FUNC(func)
#define VARIADIC_CALL(ret, func, ...)                                                    \
	ret func(__VA_ARGS__, ...);                                                      \
	EXTERNAL_FUNC(func)
#else
#define CALL	      EXTERNAL_FUNC
#define VARIADIC_CALL EXTERNAL_FUNC_VARIADIC
#endif

/* A provider's table entry. */
#ifndef CARRY
#define CARRY(func)
#endif
#define PROVIDE(ret, func, ...) EF(func) CARRY(func)
/* A table entry of a function whose arguments the gate never copies. */
#define PROVIDE_UNCOPIED(ret, func, ...) EF(func)

#endif
