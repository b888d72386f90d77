/* open() or monitor-model, then the checks. See model_file.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model_compile.h"
#include "model_file.h"

static bool is_toml(const char *path)
{
	const size_t length = strlen(path);

	return length > 5 && !strcmp(path + length - 5, ".toml");
}

/* A device or a pipe may never end. */
static int check_regular(int fd, struct message *message)
{
	struct stat status;

	if (fstat(fd, &status))
		return fail(message, errno, "%s", strerror(errno));
	return S_ISREG(status.st_mode) ? 0 : fail(message, EINVAL, "not a regular file");
}

/* At most one byte more than a model may have, so that a longer one is refused. */
static int read_file(struct model_bytes *bytes, const char *path, struct message *message)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int error;

	if (fd < 0)
		return fail(message, errno, "%s", strerror(errno));
	error = check_regular(fd, message);
	while (!error && bytes->size < sizeof(bytes->at)) {
		const ssize_t count = read(fd, bytes->at + bytes->size,
					   sizeof(bytes->at) - bytes->size);

		if (count == 0)
			break;
		if (count > 0)
			bytes->size += (size_t)count;
		else if (errno != EINTR)
			error = fail(message, errno, "%s", strerror(errno));
	}
	close(fd);
	return error;
}

static int copy_model(struct model **model, const struct model_bytes *bytes,
		      struct message *message)
{
	*model = malloc(bytes->size + 1); /* model_check() found at least a header */
	if (!*model)
		return fail(message, ENOMEM, "out of memory");
	memcpy(*model, bytes->at, bytes->size);
	return 0;
}

static int name_file(const char *path, int error, const struct message *reason,
		     struct message *message)
{
	return error ? fail(message, -error, "%s: %s", path, reason->text) : 0;
}

static int fill(struct model_bytes *bytes, const char *path, const char *compiler,
		struct message *message)
{
	struct message reason;

	if (is_toml(path))
		return model_compile(bytes, path, compiler, message);
	return name_file(path, read_file(bytes, path, &reason), &reason, message);
}

int model_read(struct model **model, const char *path, const char *compiler,
	       struct message *message)
{
	struct model_bytes *bytes = calloc(1, sizeof(*bytes));
	struct message reason;
	int error;

	if (!bytes)
		return fail(message, ENOMEM, "out of memory");
	error = fill(bytes, path, compiler, message);
	if (!error) {
		error = model_check(bytes->at, bytes->size, &reason);
		if (!error)
			error = copy_model(model, bytes, &reason);
		error = name_file(path, error, &reason, message);
	}
	free(bytes);
	return error;
}

char *model_path(const char *model_file, const char *name)
{
	const char *slash = strrchr(model_file, '/');
	const int folder = slash ? (int)(slash - model_file) + 1 : 0;
	char *path;

	if (*name == '/')
		return strdup(name);
	return asprintf(&path, "%.*s%s", folder, model_file, name) < 0 ? NULL : path;
}
