/* A copy with other arguments. See model_options.h. */
#include <errno.h>
#include <stdlib.h>

#include "model_options.h"

int model_options(struct options *to, const struct options *from,
		  const struct model *model, uint32_t partition, char *path,
		  struct message *message)
{
	const struct model_partition *record = &model_partitions(model)[partition];
	const uint32_t *words = model_words(model) + record->arguments.first;
	char **arguments = calloc((size_t)record->arguments.count + 2, sizeof(char *));

	if (!arguments)
		return fail(message, ENOMEM, "out of memory");
	arguments[0] = path;
	for (uint32_t i = 0; i < record->arguments.count; i++)
		arguments[i + 1] = (char *)model_string(model, words[i]);
	*to = *from;
	to->arguments = arguments;
	to->argument_count = (size_t)record->arguments.count + 1;
	to->stack_size = record->stack;
	to->work_area_size = record->work_area;
	return 0;
}
