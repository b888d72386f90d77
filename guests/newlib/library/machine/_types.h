/*
 * Types of newlib that are as wide as in glibc with 64-bit files: newlib's own are too
 * narrow for a host's file numbers, and on i386 for files above 2 GiB. newlib is built
 * with this file, which replaces newlib's file of that name.
 */
#ifndef _MACHINE__TYPES_H
#define _MACHINE__TYPES_H

#include <machine/_default_types.h>

/* long on x86-64, long long on i386. */
typedef __INT64_TYPE__ _off_t;
typedef __INT64_TYPE__ _fpos_t;
typedef __INT64_TYPE__ __blkcnt_t;
typedef __UINT64_TYPE__ __dev_t;
typedef __UINT64_TYPE__ __ino_t;
typedef unsigned int __uid_t;
typedef unsigned int __gid_t;
#define __machine_off_t_defined
#define __machine_fpos_t_defined
#define __machine_blkcnt_t_defined
#define __machine_dev_t_defined
#define __machine_ino_t_defined
#define __machine_uid_t_defined
#define __machine_gid_t_defined

#endif
