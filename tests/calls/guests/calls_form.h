/*
 * How the functions of a list are declared and provided. A test compiles one source in
 * several forms, and each must give the same results:
 *
 *   -DUNTYPED                    no type is said, on this side
 *   -DCARRY=JUMPSLOT_DIRECT      or another of provider.h's words for one function; with
 *   '-DCARRY(func)=...'          an argument of its own. Without: as it is by default
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

/* In a provider: the table's entry. */
#ifndef CARRY
#define CARRY(func)
#endif
#define PROVIDE(ret, func, ...) EF(func) CARRY(func)
/* The same for what no gate copies, whatever is said of it. */
#define PROVIDE_UNCOPIED(ret, func, ...) EF(func)

#endif
