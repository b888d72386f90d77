"""For providers of tests: the memory map of their process, read within the sandbox.

The provider opens the file before the sandbox is on, and reads it later.
"""

NEEDS = ["read", "lseek", "i386:_llseek"]

SOURCE = """
    #include <jumpslot/provider.h>
    #include <fcntl.h>
    #include <unistd.h>
    static int maps_file = -1;
    int jumpslot_provider_init(const char *options, char *message, size_t size)
    {
            (void)options, (void)message, (void)size;
            maps_file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
            return maps_file < 0 ? -1 : 0;
    }
    /* Reads all lines, with a NUL after them. */
    static char *read_maps(void)
    {
            static char text[65536];
            size_t length = 0;
            ssize_t count;
            lseek(maps_file, 0, SEEK_SET);
            while ((count = read(maps_file, text + length,
                                 sizeof(text) - 1 - length)) > 0)
                    length += (size_t)count;
            text[length] = 0;
            return text;
    }
    """
