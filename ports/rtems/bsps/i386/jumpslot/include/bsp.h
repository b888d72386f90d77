/*
 * RTEMS as a guest of jumpslot: what every file of an application may include.
 * Depends on bspopts.h, which RTEMS's build makes, and rtems.h.
 */
#ifndef LIBBSP_I386_JUMPSLOT_BSP_H
#define LIBBSP_I386_JUMPSLOT_BSP_H

#ifndef ASM

#include <bspopts.h>
#include <bsp/default-initial-extension.h>

#include <rtems.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The arguments of host-wrapper, joined by spaces. */
const char *bsp_cmdline(void);

#ifdef __cplusplus
}
#endif

#endif
#endif
