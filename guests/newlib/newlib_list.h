/*
 * The provider's table, to be included behind <jumpslot/provider.h>. Written by hand and
 * not by gen-func-list, as that lists what one guest imports, whereas this provider
 * serves every guest that is linked to newlib.
 */
EF(newlib_clock)
EF(newlib_close)
EF(newlib_open)
EF(newlib_read)
EF(newlib_rename)
EF(newlib_seek)
EF(newlib_status_of_file)
EF(newlib_status_of_path)
EF(newlib_unlink)
EF(newlib_write)
