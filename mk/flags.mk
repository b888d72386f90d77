# Compilers and flags that several parts share.

CC := gcc
# Debian's own interpreter: another one first in the path lacks its modules.
PYTHON := /usr/bin/python3
ARCHES := x86_64 i386

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Werror
HOST_CFLAGS := -std=gnu11 -O2 -g $(WARNINGS)
HOST_LDFLAGS :=
# SANITIZE=address,undefined builds the host's programs with these sanitizers.
ifdef SANITIZE
# The sanitizers make system calls of their own, so --sandbox is off unless it is given.
HOST_CFLAGS += -O1 -fsanitize=$(SANITIZE) -fno-sanitize-recover=all \
	-DSANDBOX_DEFAULT=SANDBOX_OFF
HOST_LDFLAGS += -fsanitize=$(SANITIZE)
endif
# ANALYZE=1 adds gcc's static analysis.
ifdef ANALYZE
HOST_CFLAGS += -fanalyzer
endif

# A guest is static and has no libc. The linker drops what nobody uses; slots get pages of
# their own.
GUEST_CFLAGS := -std=c11 -O2 -g -ffreestanding -fno-stack-protector -fno-pie \
	-fcf-protection -ffunction-sections -fdata-sections -I guest-macros $(WARNINGS) \
	$(if $(ANALYZE),-fanalyzer)
GUEST_LDFLAGS := -nostdlib -static -Wl,--gc-sections -Wl,--build-id \
	-T linkscripts/externals.ld
M_x86_64 := -m64
M_i386 := -m32

# Code of the host. On i386, files and times are 64 bits wide as on x86-64; where only
# gcc-12-multilib is installed, <asm/> comes from the other architecture.
HOST_M_x86_64 := -m64
HOST_M_i386 := -m32 -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 \
	-idirafter /usr/include/x86_64-linux-gnu

# A provider is a shared library of functions that guests call.
PROVIDER_CFLAGS := -std=gnu11 -O2 -g -fPIC -I guest-macros -I host-wrapper/include \
	$(WARNINGS)
PROVIDER_LDFLAGS := -shared
