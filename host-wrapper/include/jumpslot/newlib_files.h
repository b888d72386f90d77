/*
 * For a provider that works with the files of a guest on newlib: host descriptors instead
 * of the guest's file numbers. The functions are in newlib's provider,
 * build/providers/newlib-<arch>.so. Link the second provider with that file, and name it
 * after newlib's on the command line: `--provider newlib-x86_64.so --provider second.so`.
 *
 * docs/providers.md has an example. Depends on nothing.
 */
#ifndef JUMPSLOT_NEWLIB_FILES_H
#define JUMPSLOT_NEWLIB_FILES_H

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Returns the host's descriptor of the guest's open file number `file`. `access` is
 * JUMPSLOT_READ, JUMPSLOT_WRITE or both: what the second provider does with the
 * descriptor. Returns -EBADF if the number is not open in the guest, or not for this
 * access; -EINVAL for another `access`.
 *
 * Descriptor and guest share one position. The descriptor stays the guest's: do not close
 * it, and do not keep it after the provider's function has returned, when the guest may
 * close it; dup() makes one to keep. Closing that releases the guest's locks of the file.
 * Async-signal-safe; on the guest's own thread.
 */
int jumpslot_newlib_descriptor(int file, int access);

#ifdef __cplusplus
}
#endif
#endif
