/*
 * Directories, links and access rights in terms of newlib_calls.h. Depends on newlib and
 * newlib_calls.h.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.h"
#include "file_mode.h"
#include "newlib_calls.h"
#include "working_directory.h"

struct jumpslot_directory {
	int file;
	struct dirent entry;
};

int access(const char *path, int how)
{
	struct full_path full;
	if (how & ~(R_OK | W_OK | X_OK)) {
		errno = EINVAL;
		return -1;
	}
	return (int)errors_take(newlib_access(
		full_path(&full, path), (how & R_OK ? NEWLIB_MAY_READ : 0) |
						(how & W_OK ? NEWLIB_MAY_WRITE : 0) |
						(how & X_OK ? NEWLIB_MAY_EXECUTE : 0)));
}

int mkdir(const char *path, mode_t mode)
{
	struct full_path full;
	int permissions = file_mode_allowed((int)mode);

	return (int)errors_take(
		newlib_make_directory(full_path(&full, path), permissions));
}

int rmdir(const char *path)
{
	struct full_path full;
	return (int)errors_take(newlib_remove_directory(full_path(&full, path)));
}

ssize_t readlink(const char *path, char *text, size_t size)
{
	struct full_path full;
	return (ssize_t)errors_take(newlib_read_link(full_path(&full, path), text, size));
}

DIR *opendir(const char *path)
{
	struct full_path full;
	int file = (int)errors_take(newlib_open_directory(full_path(&full, path)));
	DIR *directory;

	if (file < 0)
		return NULL;
	directory = malloc(sizeof(*directory));
	if (!directory) {
		newlib_close(file);
		errno = ENOMEM;
		return NULL;
	}
	directory->file = file;
	return directory;
}

static unsigned char type_of(uint32_t kind)
{
	switch (kind) {
	case NEWLIB_FILE:
		return DT_REG;
	case NEWLIB_DIRECTORY:
		return DT_DIR;
	case NEWLIB_LINK:
		return DT_LNK;
	default:
		return DT_UNKNOWN;
	}
}

struct dirent *readdir(DIR *directory)
{
	struct newlib_entry entry;

	/* At the end, errno keeps its value. */
	if (errors_take(newlib_read_directory(directory->file, &entry)) <= 0)
		return NULL;
	directory->entry.d_ino = entry.number;
	directory->entry.d_type = type_of(entry.kind);
	strcpy(directory->entry.d_name, entry.name);
	return &directory->entry;
}

void rewinddir(DIR *directory)
{
	newlib_seek(directory->file, 0, NEWLIB_START);
}

int closedir(DIR *directory)
{
	int file = directory->file;

	free(directory);
	return (int)errors_take(newlib_close(file));
}

int dirfd(DIR *directory)
{
	return directory->file;
}
