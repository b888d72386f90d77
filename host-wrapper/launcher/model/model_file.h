/*
 * The model that --model names: compiled by monitor-model if it is TOML, read, and
 * checked. Depends on model_check.h.
 */
#ifndef JUMPSLOT_MODEL_FILE_H
#define JUMPSLOT_MODEL_FILE_H

#include "model_check.h"

/*
 * Reads the model at `path`. `compiler`: the program that compiles a file whose name ends
 * with .toml. Returns 0, or a negative errno with a line that names the file. The caller
 * frees the model.
 */
int model_read(struct model **model, const char *path, const char *compiler,
	       struct message *message);

/* The path of a guest or library, from the folder of the model's file. The caller frees
 * it; NULL: no memory. */
char *model_path(const char *model_file, const char *name);

#endif
