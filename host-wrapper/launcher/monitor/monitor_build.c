/* Plans, then partitions, then the image. See monitor_build.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/message.h"
#include "launcher/run/filter.h"
#include "launcher/run/plan_file.h"
#include "monitor_build.h"
#include "monitor_library.h"
#include "monitor_plan.h"

/* Everything that is freed at the end. */
struct work {
	struct monitor_runtime runtimes[BOOT_MAX_PARTITIONS];
	const char *runtime_paths[BOOT_MAX_PARTITIONS];
	size_t runtime_count;
	struct monitor_partition partitions[BOOT_MAX_PARTITIONS];
	size_t partition_count;
	struct monitor_plan plan;
};

/* The plan's bytes, as they are for every host. */
static const struct plan *make_plan(const struct monitor_guest *from, size_t *size,
				    struct message *message)
{
	const struct irq_lines lines = { 0 };
	const struct filter filter = { 0 };
	struct plan_watched no_call;
	uint32_t no_place;
	const struct watched_calls watch = { .watched = &no_call, .places = &no_place };
	struct stat status;
	const struct plan_parts parts = { .guest = from->guest,
					  .options = from->options,
					  .lines = &lines,
					  .watch = &watch,
					  .filter = &filter };
	int fd = plan_file_create(&parts, message);
	void *at = MAP_FAILED;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &status)) {
		*size = (size_t)status.st_size;
		at = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
	}
	if (at == MAP_FAILED)
		fail(message, errno, "the plan cannot be mapped: %s", strerror(errno));
	close(fd);
	return at == MAP_FAILED ? NULL : at;
}

/* The last part of a path, as the name of a partition: without unusual characters. */
static void name_partition(char *to, size_t size, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t length = 0;

	for (; length < size - 1 && name[length]; length++)
		to[length] =
			name[length] > ' ' && name[length] <= '~' ? name[length] : '_';
	if (!length)
		to[length++] = '_';
	to[length] = 0;
}

/* Each runtime is opened once, so that partitions share its pages. Returns NULL after an
 * error. */
static struct monitor_runtime *open_runtime(struct work *work, const char *path,
					    struct message *message)
{
	struct monitor_runtime *runtime = &work->runtimes[work->runtime_count];
	int fd;

	for (size_t i = 0; i < work->runtime_count; i++)
		if (!strcmp(work->runtime_paths[i], path))
			return &work->runtimes[i];
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		fail(message, errno, "%s: %s", path, strerror(errno));
		return NULL;
	}
	work->runtime_paths[work->runtime_count++] = path;
	return monitor_runtime_read(runtime, fd, message) ? NULL : runtime;
}

static int add_partition(struct work *work, const struct monitor_guest *from,
			 struct message *message)
{
	struct monitor_partition *partition = &work->partitions[work->partition_count];
	const struct monitor_runtime *runtime =
		open_runtime(work, from->runtime, message);
	const struct plan *plan;
	size_t size = 0;
	char name[BOOT_NAME];
	int error;

	if (!runtime)
		return -EIO;
	plan = make_plan(from, &size, message);
	if (!plan)
		return -EIO;
	name_partition(name, sizeof(name), from->guest->name);
	work->partition_count++;
	error = monitor_partition_make(partition, name, plan, &from->guest->file, runtime,
				       message);
	munmap((void *)plan, size);
	return error;
}

/* All of a partition's memory counts: also pages that it shares with others. */
static int check_memory(const struct monitor_partition *partition,
			const struct model *model, const struct model_partition *record,
			struct message *message)
{
	uint64_t size = 0;

	for (size_t i = 0; i < partition->region_count; i++)
		size += partition->regions[i].record.size;
	if (size <= record->memory)
		return 0;
	return fail(message, ENOMEM,
		    "needs %" PRIu64 "K of memory, but %s:%" PRIu32 " allows %" PRIu64
		    "K (expected at least %" PRIu64 "K for its image, stacks, work area "
		    "and runtime)",
		    size >> 10, model_string(model, model->source), record->memory_line,
		    record->memory >> 10, size >> 10);
}

/* The vectors of the ends of a partition. */
static uint64_t lines_of(const struct model *model, size_t number)
{
	uint64_t lines = 0;

	for (uint32_t i = 0; i < model->ends.count; i++) {
		const struct model_end *end = &model_ends(model)[i];

		if (end->partition == number && end->vector)
			lines |= UINT64_C(1) << end->vector;
	}
	return lines;
}

static int apply_model(struct monitor_partition *partition, const struct model *model,
		       size_t number, struct message *message)
{
	const struct model_partition *record;

	if (!model) {
		partition->record.options = BOOT_CONSOLE_INPUT;
		return 0;
	}
	record = &model_partitions(model)[number];
	if (record->options & MODEL_CONSOLE)
		partition->record.options |= BOOT_CONSOLE_INPUT;
	if (record->options & MODEL_MAY_SCHEDULE)
		partition->record.options |= BOOT_MAY_SCHEDULE;
	monitor_partition_add_lines(partition, lines_of(model, number));
	return check_memory(partition, model, record, message);
}

static int add_partitions(struct work *work, const struct monitor_guests *guests,
			  const char **object, struct message *message)
{
	int error = 0;

	for (size_t i = 0; !error && i < guests->count; i++) {
		const struct linked_guest *guest = guests->guests[i].guest;
		struct monitor_partition *partition = &work->partitions[i];

		*object = guest->name;
		error = add_partition(work, &guests->guests[i], message);
		if (!error)
			error = monitor_libraries_add(partition, guest, object, message);
		if (!error)
			error = apply_model(partition, guests->model, i, message);
	}
	return error;
}

static void free_work(struct work *work)
{
	while (work->partition_count)
		monitor_partition_free(&work->partitions[--work->partition_count]);
	while (work->runtime_count)
		monitor_runtime_free(&work->runtimes[--work->runtime_count]);
	free(work);
}

int monitor_build(struct monitor_image *image, const struct monitor_guests *guests,
		  uint32_t options, const char **object, struct message *message)
{
	struct work *work = calloc(1, sizeof(*work));
	int error;

	*object = guests->guests[0].guest->name;
	if (!work)
		return fail(message, ENOMEM, "out of memory");
	error = add_partitions(work, guests, object, message);
	if (!error) {
		monitor_plan_make(&work->plan, guests->model);
		if (guests->model)
			*object = guests->guests[0].options->model;
		error = monitor_image_make(image, work->partitions, guests->count,
					   &work->plan, options, message);
	}
	free_work(work);
	return error;
}
