/*
 * The whole binary contract between guest, host and tools, in one header. Each file that
 * it includes holds one contract and compiles alone. Code uses the names of these files
 * and no numbers of its own; docs/abi.md is the reference.
 *
 * Depends on abi/. Assembly may include this file; it then gets the constants alone.
 */
#ifndef JUMPSLOT_EXTERNAL_ABI_H
#define JUMPSLOT_EXTERNAL_ABI_H

#include "abi/import.h"
#include "abi/provider.h"
#include "abi/start.h"
#include "abi/vcpu.h"
#include "abi/fault.h"
#include "abi/multiboot_i386.h"

#endif
