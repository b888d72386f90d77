/*
 * The checks of a compiled model, once, before it is used. Depends on common/model.h.
 */
#ifndef JUMPSLOT_MODEL_CHECK_H
#define JUMPSLOT_MODEL_CHECK_H

#include <stddef.h>

#include "common/message.h"
#include "common/model.h"

/*
 * Checks the `size` bytes of a file, which are aligned to 8. After this, every table,
 * string and index lies within the file, and the model has no contradictions. Returns 0,
 * or -EINVAL with a line that names the record.
 */
int model_check(const void *bytes, size_t size, struct message *message);

#endif
