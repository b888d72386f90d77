/*
 * Runs monitor-model for a model in TOML. Depends on common/model.h.
 */
#ifndef JUMPSLOT_MODEL_COMPILE_H
#define JUMPSLOT_MODEL_COMPILE_H

#include <stddef.h>

#include "common/message.h"
#include "common/model.h"

/* A model that is not checked yet, and room for one byte too many. */
struct model_bytes {
	size_t size;
	_Alignas(8) char at[MODEL_MAX_SIZE + 8];
};

/* Returns 0 with the compiler's output, or a negative errno with its line. */
int model_compile(struct model_bytes *bytes, const char *path, const char *compiler,
		  struct message *message);

#endif
