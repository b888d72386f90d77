/* See page_fault_x86.h. */
#define _GNU_SOURCE
#include <ucontext.h>

#include "page_fault_x86.h"

#define FETCH 0x10

bool page_fault_is_fetch(const void *context)
{
	return ((const ucontext_t *)context)->uc_mcontext.gregs[REG_ERR] & FETCH;
}
