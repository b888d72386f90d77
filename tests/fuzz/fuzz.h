/*
 * The common part of the fuzz targets: an input as a file. Each fuzz_NAME.c is one
 * libFuzzer target; a promise that does not hold calls abort(). Depends on no tested
 * code.
 */
#ifndef JUMPSLOT_FUZZ_H
#define JUMPSLOT_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer calls it with each input. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Returns the descriptor of a file with these contents: the same file each time. */
int fuzz_file(const uint8_t *data, size_t size);

#endif
