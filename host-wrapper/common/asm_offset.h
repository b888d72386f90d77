/*
 * Constants that assembly takes from C. The build compiles each file *_offsets.c, which
 * uses these macros, to assembly and turns every line that they leave there into a
 * #define in a header of the same name (host-wrapper/rules.mk). Depends on nothing.
 */
#ifndef JUMPSLOT_ASM_OFFSET_H
#define JUMPSLOT_ASM_OFFSET_H

#include <stddef.h>

/* An .ascii line, so that the compiler's output still assembles. */
#define CONSTANT(name, value)                                                            \
	__asm__ volatile("\n.ascii \"->" #name " %c0\"" : : "i"(value))

#define OFFSET(name, type, field) CONSTANT(name, offsetof(type, field))

#endif
