/*
 * The options of one partition of a model, as if its guest was started by itself.
 * Depends on common/model.h and launcher/options/options.h.
 */
#ifndef JUMPSLOT_MODEL_OPTIONS_H
#define JUMPSLOT_MODEL_OPTIONS_H

#include "common/model.h"
#include "launcher/options/options.h"

/*
 * Copies `from` with the guest, arguments and memory of a partition. `path`: of its
 * guest, which must remain, like the model. Returns 0 or -ENOMEM.
 */
int model_options(struct options *to, const struct options *from,
		  const struct model *model, uint32_t partition, char *path,
		  struct message *message);

#endif
