/* The size of a terminal: the only request that ioctl() knows. Depends on nothing. */
#ifndef JUMPSLOT_NEWLIB_IOCTL_H
#define JUMPSLOT_NEWLIB_IOCTL_H

#ifdef __cplusplus
extern "C" {
#endif

#define TIOCGWINSZ 1

struct winsize {
	unsigned short ws_row, ws_col; /* 0: not known */
	unsigned short ws_xpixel, ws_ypixel;
};

int ioctl(int file, int request, ...);

#ifdef __cplusplus
}
#endif
#endif
