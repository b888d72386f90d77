/* Thunks: one for each import, to which its slot leads. A file per machine. */
#ifndef JUMPSLOT_KVM_THUNK_H
#define JUMPSLOT_KVM_THUNK_H

#include <stddef.h>
#include <stdint.h>

#define THUNK_SIZE ((size_t)16)

/* Writes code that passes `index` to the gate at `gate`, which is near. */
void thunk_write(uint8_t *thunk, uint32_t index, uintptr_t gate);

#endif
