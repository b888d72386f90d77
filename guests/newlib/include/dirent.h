/* Directories, which newlib leaves to the system. Depends on <sys/types.h>. */
#ifndef JUMPSLOT_NEWLIB_DIRENT_H
#define JUMPSLOT_NEWLIB_DIRENT_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { DT_UNKNOWN, DT_FIFO = 1, DT_CHR = 2, DT_DIR = 4, DT_REG = 8, DT_LNK = 10 };

struct dirent {
	ino_t d_ino;
	unsigned char d_type;
	char d_name[256];
};

typedef struct jumpslot_directory DIR;

DIR *opendir(const char *path);
struct dirent *readdir(DIR *directory);
void rewinddir(DIR *directory);
int closedir(DIR *directory);
int dirfd(DIR *directory);

#ifdef __cplusplus
}
#endif
#endif
