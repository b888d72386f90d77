/* Another number of an open file. Depends on nothing. */
#ifndef NEWLIB_DUPLICATE_H
#define NEWLIB_DUPLICATE_H

/* Returns the lowest free number from `first` on; or -1, and sets errno. */
int duplicate_from(int file, int first);

#endif
