/*
 * A ruleset that allows only the directories of providers. The structures are the
 * kernel's (linux/landlock.h): headers may be older than the kernel. See landlock.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jumpslot/provider.h>
#include "common/landlock_version.h"
#include "core_file.h"
#include "landlock.h"

#define MAX_DIRECTORIES 16

/* Rights on files: bit 0 is EXECUTE, and so on, as in linux/landlock.h. */
#define FILES_1 UINT64_C(0x1fff) /* version 1 */
#define REFER	UINT64_C(0x2000) /* 2: move to another directory */
#define CUT	UINT64_C(0x4000) /* 3: truncate */
#define IOCTL	UINT64_C(0x8000) /* 5: ioctl of devices */
/* Rights below a directory: read, write, list, remove, make directories, files and
 * symbolic links; not execute, nor make devices, sockets and FIFOs. */
#define BELOW (UINT64_C(0x11be) | REFER | CUT)
/* Make a file and write to it, as the kernel does for a core file. */
#define CORE	     UINT64_C(0x102)
#define TCP	     UINT64_C(3) /* 4: bind and connect */
#define SCOPES	     UINT64_C(3) /* 6: abstract sockets and signals */
#define PATH_BENEATH 1

struct ruleset {
	uint64_t files;
	uint64_t network;
	uint64_t scopes;
};

struct path_beneath {
	uint64_t allowed;
	int32_t directory;
} __attribute__((__packed__));

static struct {
	int descriptors[MAX_DIRECTORIES];
	size_t count;
} directories;

int jumpslot_guest_directory(int descriptor)
{
	struct stat status;

	if (fstat(descriptor, &status))
		return -errno;
	if (!S_ISDIR(status.st_mode))
		return -ENOTDIR;
	if (directories.count == MAX_DIRECTORIES)
		return -ENOSPC;
	directories.descriptors[directories.count++] = descriptor;
	return 0;
}

/* Everything that a kernel of that version can restrict. */
static struct ruleset everything(int version)
{
	return (struct ruleset){
		.files = FILES_1 | REFER | (version >= 3 ? CUT : 0) |
			 (version >= 5 ? IOCTL : 0),
		.network = version >= 4 ? TCP : 0,
		.scopes = version >= 6 ? SCOPES : 0,
	};
}

static int allow(int fd, int directory, uint64_t rights)
{
	const struct path_beneath rule = { .allowed = rights, .directory = directory };

	return syscall(LANDLOCK_ADD, fd, PATH_BENEATH, &rule, 0) ? -1 : 0;
}

static int allow_directories(int fd, const struct ruleset *rules)
{
	for (size_t i = 0; i < directories.count; i++)
		if (allow(fd, directories.descriptors[i], BELOW & rules->files))
			return -1;
	return 0;
}

/* The process itself writes its core file, as the kernel sees it. The right is for every
 * file below the directory: the launcher refuses --core with rules that open files. */
static int allow_core(int fd)
{
	int directory = core_file_directory(), error;

	if (directory < 0)
		return 0;
	error = allow(fd, directory, CORE);
	close(directory);
	return error;
}

int landlock_confine(bool core, struct message *message)
{
	int version = landlock_version();
	const struct ruleset rules = everything(version);
	int error = 0, fd;

	if (version < LANDLOCK_NEEDED)
		return -EOPNOTSUPP;
	/* A kernel takes a longer structure if it knows nothing of a part that is 0. */
	fd = (int)syscall(LANDLOCK_CREATE, &rules, sizeof(rules), 0);
	if (fd < 0 || allow_directories(fd, &rules) || (core && allow_core(fd)) ||
	    syscall(LANDLOCK_RESTRICT, fd, 0))
		error = fail(message, errno, "the sandbox: Landlock: %s",
			     strerror(errno));
	if (fd >= 0)
		close(fd);
	return error;
}
