/*
 * The functions of newlib_calls.h that take a path: copy it, check the guest's memory and
 * leave the rest to provider_root.h and its neighbours. Async-signal-safe.
 */
#include <jumpslot/provider.h>
#include <unistd.h>

#include "newlib_calls.h"
#include "provider_answer.h"
#include "provider_attributes.h"
#include "provider_files.h"
#include "provider_root.h"
#include "provider_status.h"

int newlib_open(const char *path, int how, int permissions)
{
	struct answer_path copy;

	return ANSWER(answer_copy_path(&copy, path)
			      ?: files_open(copy.text, how, permissions));
}

int newlib_open_directory(const char *path)
{
	struct answer_path copy;

	return ANSWER(answer_copy_path(&copy, path) ?: files_open_directory(copy.text));
}

int newlib_status_of_path(const char *path, struct newlib_status *status)
{
	struct answer_path copy;

	return ANSWER(answer_copy_path(&copy, path)
			      ?: answer_writable(status, sizeof(*status))
			      ?: status_of_path(copy.text, status));
}

int newlib_status_of_link(const char *path, struct newlib_status *status)
{
	struct answer_path copy;

	return ANSWER(answer_copy_path(&copy, path)
			      ?: answer_writable(status, sizeof(*status))
			      ?: status_of_link(copy.text, status));
}

int newlib_set_times(const char *path, int64_t accessed_ns, int64_t modified_ns)
{
	struct answer_path copy;

	return ANSWER(
		answer_copy_path(&copy, path)
			?: attributes_set_times(copy.text, accessed_ns, modified_ns));
}

int newlib_set_permissions(const char *path, int permissions)
{
	struct answer_path copy;

	return ANSWER(answer_copy_path(&copy, path)
			      ?: attributes_set_permissions(copy.text, permissions));
}

int newlib_read_link(const char *path, void *text, size_t size)
{
	struct answer_path copy;

	size = answer_at_most_int(size);
	return ANSWER(answer_copy_path(&copy, path)
			      ?: answer_writable(text, size)
			      ?: root_read_link(copy.text, text, size));
}

int newlib_make_directory(const char *path, int permissions)
{
	struct answer_path copy;

	return ANSWER(answer_copy_path(&copy, path)
			      ?: root_make_directory(copy.text, permissions & 0777));
}

int newlib_remove_directory(const char *path)
{
	struct answer_path copy;

	return ANSWER(answer_copy_path(&copy, path) ?: root_remove_directory(copy.text));
}

int newlib_unlink(const char *path)
{
	struct answer_path copy;

	return ANSWER(answer_copy_path(&copy, path) ?: root_unlink(copy.text));
}

int newlib_rename(const char *from, const char *to)
{
	struct answer_path from_copy, to_copy;

	return ANSWER(answer_copy_path(&from_copy, from)
			      ?: answer_copy_path(&to_copy, to)
			      ?: root_rename(from_copy.text, to_copy.text));
}

int newlib_link(const char *from, const char *to)
{
	struct answer_path from_copy, to_copy;

	return ANSWER(answer_copy_path(&from_copy, from)
			      ?: answer_copy_path(&to_copy, to)
			      ?: root_link(from_copy.text, to_copy.text));
}

int newlib_symlink(const char *text, const char *path)
{
	struct answer_path text_copy, path_copy;

	return ANSWER(answer_copy_path(&text_copy, text)
			      ?: answer_copy_path(&path_copy, path)
			      ?: root_symlink(text_copy.text, path_copy.text));
}

int newlib_access(const char *path, int rights)
{
	struct answer_path copy;
	int host_rights = (rights & NEWLIB_MAY_READ ? R_OK : 0) |
			  (rights & NEWLIB_MAY_WRITE ? W_OK : 0) |
			  (rights & NEWLIB_MAY_EXECUTE ? X_OK : 0);

	if (rights & ~(NEWLIB_MAY_READ | NEWLIB_MAY_WRITE | NEWLIB_MAY_EXECUTE))
		return -NEWLIB_EINVAL;
	return ANSWER(answer_copy_path(&copy, path)
			      ?: root_access(copy.text, host_rights));
}
