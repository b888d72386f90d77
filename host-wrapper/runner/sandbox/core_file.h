/* Where the kernel writes core files (core(5)). */
#ifndef JUMPSLOT_CORE_FILE_H
#define JUMPSLOT_CORE_FILE_H

/* Opens the directory of this process's core file. Returns its descriptor; -1 if it
 * cannot be opened, or if a program takes core files, which no sandbox holds. */
int core_file_directory(void);

#endif
