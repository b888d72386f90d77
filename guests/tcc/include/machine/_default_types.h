/*
 * Before newlib's <machine/_default_types.h>, for programs that tcc compiles: macros that
 * gcc predefines and tcc does not, with the types that tcc's own <stddef.h> has.
 */
#ifndef TCC_DEFAULT_TYPES_H
#define TCC_DEFAULT_TYPES_H

#define __INT8_TYPE__	signed char
#define __UINT8_TYPE__	unsigned char
#define __INT16_TYPE__	short
#define __UINT16_TYPE__ unsigned short
#define __INT32_TYPE__	int
#define __UINT32_TYPE__ unsigned int
#ifdef __LP64__
#define __INT64_TYPE__	long
#define __UINT64_TYPE__ unsigned long
#else
#define __INT64_TYPE__	long long
#define __UINT64_TYPE__ unsigned long long
#endif
#define __INTMAX_TYPE__	 __INT64_TYPE__
#define __UINTMAX_TYPE__ __UINT64_TYPE__
#define __INTPTR_TYPE__	 __PTRDIFF_TYPE__
#define __UINTPTR_TYPE__ __SIZE_TYPE__
/* tcc's <stddef.h> defines it as empty, and newlib as 1. */
#undef __int8_t_defined
#define __int8_t_defined 1

#include_next <machine/_default_types.h>

#endif
