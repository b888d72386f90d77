# newlib for guests: Debian's source built as it is, start code and system calls on top of
# it, and the provider that serves the system calls. For each architecture there is
#   $(BUILD)/newlib/<arch>/{include,lib}
# A guest that is an ordinary C program compiles with $(NEWLIB_CFLAGS_<arch>), depends on
# $(BUILD)/newlib/<arch>/lib/crt0.o, and links it with $(NEWLIB_LIBS_<arch>) at the end.

# newlib's configure sees a system without an operating system.
NEWLIB_NOT_LINUX := -U__linux__ -U__linux -Ulinux -U__gnu_linux__ \
	-U__unix__ -U__unix -Uunix
# SSE makes i386 round as x86-64 does.
NEWLIB_ARCH_x86_64 := -m64 $(NEWLIB_NOT_LINUX)
NEWLIB_ARCH_i386 := -m32 -msse2 -mfpmath=sse $(NEWLIB_NOT_LINUX)
NEWLIB_OPTIMIZE := -O2 -ffreestanding -fno-stack-protector -fno-pie -fcf-protection \
	-ffunction-sections -fdata-sections
# The mathematical functions are the ones that glibc has as well. guests/newlib/library
# has types of our own; they are installed with the library.
NEWLIB_TYPES := guests/newlib/library/machine/_types.h
# Functions that replace newlib's: an object of newlib and its function each.
NEWLIB_REPLACED := ldtoa:_ldtoa_r locale:setlocale
NEWLIB_REPLACEMENTS := guests/newlib/library/ldtoa.c guests/newlib/library/setlocale.c
NEWLIB_BUILD_CFLAGS := $(NEWLIB_OPTIMIZE) -D__OBSOLETE_MATH=0
# Before newlib's own folders, which newlib adds to the compiler's name.
NEWLIB_BUILD_CC = gcc $(NEWLIB_ARCH_$(1)) $(NEWLIB_CALLED_$(1)) \
	-I$(abspath guests/newlib/library)
# A caller that gcc has not compiled may call with a stack aligned to 4 bytes.
NEWLIB_CALLED_i386 := -mincoming-stack-boundary=2
NEWLIB_HOST_x86_64 := x86_64-elf
NEWLIB_HOST_i386 := i686-elf
NEWLIB_CONFIGURE := --quiet --build=x86_64-linux-gnu --with-target-subdir=. \
	--disable-multilib --disable-dependency-tracking \
	--disable-newlib-supplied-syscalls --enable-newlib-io-long-long \
	--enable-newlib-io-c99-formats --enable-newlib-io-long-double --enable-newlib-mb

# newlib's package has one archive; its name has the version.
$(BUILD)/src/newlib/unpacked:
	$(call say,UNPACK,newlib)
	$(Q)set -- /usr/src/newlib/newlib-*.tar.*; test -e "$$1" || { \
		echo "newlib's source is missing: install Debian's package" \
		"newlib-source, or run 'make deps'" >&2; exit 1; }
	$(Q)rm -rf $(@D) && mkdir -p $(@D)
	$(Q)tar -x -f /usr/src/newlib/newlib-*.tar.* -C $(@D) --strip-components=1
	$(Q)touch $@

NEWLIB_CFLAGS_x86_64 = $(call newlib_cflags,x86_64)
NEWLIB_CFLAGS_i386 = $(call newlib_cflags,i386)
# The compiler's own headers precede newlib's, whose <stdatomic.h> does not compile.
newlib_cflags = $(NEWLIB_ARCH_$(1)) -nostdinc -isystem guests/newlib/include \
	-isystem $(GCC_INCLUDE) -isystem $(BUILD)/newlib/$(1)/include
# Asked once, by the first command that needs it.
GCC_INCLUDE = $(eval GCC_INCLUDE := $$(shell $$(CC) \
	-print-file-name=include))$(GCC_INCLUDE)
# newlib alone, for a guest with system calls of its own; and with the calls of a guest.
NEWLIB_ONLY_x86_64 = $(call newlib_libs,x86_64)
NEWLIB_ONLY_i386 = $(call newlib_libs,i386)
NEWLIB_LIBS_x86_64 = $(call newlib_libs,x86_64,-ljumpslot)
NEWLIB_LIBS_i386 = $(call newlib_libs,i386,-ljumpslot)
newlib_libs = -L $(BUILD)/newlib/$(1)/lib \
	-Wl,--start-group $(2) -lc -lm -lgcc -Wl,--end-group

# The library is compiled by gcc, whatever $(CC) is. MAKEFLAGS would hand variables of our
# command line, such as CC, to newlib's make.
newlib_stamp = $(NEWLIB_CONFIGURE) $(NEWLIB_ARCH_$(1)) $(NEWLIB_CALLED_$(1)) \
	$(NEWLIB_BUILD_CFLAGS)
STAMP_slow-newlib-x86_64 = $(call newlib_stamp,x86_64)
STAMP_slow-newlib-i386 = $(call newlib_stamp,i386)
NEWLIB_BUILT := $(ARCHES:%=$(BUILD)/newlib/%/built)
$(NEWLIB_BUILT): $(BUILD)/newlib/%/built: $(BUILD)/src/newlib/unpacked \
		$(NEWLIB_TYPES) $(NEWLIB_REPLACEMENTS) $(BUILD)/stamps/slow-newlib-%
	$(call say,NEWLIB,$* (about 40 seconds; log: $(@D)/log))
	$(Q)rm -rf $(@D) && mkdir -p $(@D)/objects
	$(Q)cd $(@D)/objects && $(abspath $(<D))/newlib/configure $(NEWLIB_CONFIGURE) \
		--host=$(NEWLIB_HOST_$*) --prefix=$(abspath $(@D))/installed \
		AR=ar RANLIB=ranlib AS=as CC="$(call NEWLIB_BUILD_CC,$*)" \
		CCAS="$(call NEWLIB_BUILD_CC,$*) -Wa,--noexecstack" \
		CFLAGS="$(NEWLIB_BUILD_CFLAGS)" CPPFLAGS= LDFLAGS= \
		>$(abspath $(@D))/log 2>&1 || { tail $(abspath $(@D))/log; exit 1; }
	$(Q)MAKEFLAGS= make -C $(@D)/objects all install >>$(@D)/log 2>&1 || \
		{ tail $(@D)/log; exit 1; }
	$(Q)mv $(@D)/installed/*/include $(@D)/installed/*/lib $(@D)
	$(Q)cp $(NEWLIB_TYPES) $(@D)/include/machine
	$(Q)cd $(@D)/objects && for replaced in $(NEWLIB_REPLACED); do \
		object=lib_a-$${replaced%:*}.o && function=$${replaced#*:} && \
		ar x ../lib/libc.a $$object && objcopy --redefine-sym \
			$$function=jumpslot_$${function#_} $$object && \
		ar rD ../lib/libc.a $$object || exit 1; done
	$(Q)cd $(@D)/objects && \
		$(call NEWLIB_BUILD_CC,$*) $(NEWLIB_BUILD_CFLAGS) -nostdinc \
		-isystem ../include -isystem $(GCC_INCLUDE) \
		-c $(abspath $(NEWLIB_REPLACEMENTS)) && \
		ar rD ../lib/libc.a $(notdir $(NEWLIB_REPLACEMENTS:.c=.o))
	$(Q)rm -rf $(@D)/objects $(@D)/installed
	$(Q)touch $@

# newlib's headers hide POSIX from strict C, so -std=gnu11 comes last.
SETS += newlib-x86_64 newlib-i386
CFLAGS_newlib-x86_64 = $(M_x86_64) $(GUEST_CFLAGS) -std=gnu11 $(NEWLIB_CFLAGS_x86_64)
CFLAGS_newlib-i386 = $(M_i386) $(GUEST_CFLAGS) -std=gnu11 $(NEWLIB_CFLAGS_i386) \
	$(NEWLIB_CALLED_i386)
# Linked before the program, whatever it needs: the start, and functions that replace
# newlib's. The others are in a library, so that a program may have its own.
NEWLIB_START_x86_64 := $(addprefix guests/newlib/,start.c memory.c memory_copy.c \
	memory_search.c rename.c)
NEWLIB_START_i386 := $(NEWLIB_START_x86_64)
NEWLIB_START_x86_64 += guests/newlib/setjmp_x86_64.S
NEWLIB_POSIX := $(filter-out guests/newlib/provider% $(NEWLIB_START_x86_64),\
	$(wildcard guests/newlib/*.c))
SOURCES_newlib-x86_64 := $(NEWLIB_START_x86_64) $(NEWLIB_POSIX)
SOURCES_newlib-i386 := $(NEWLIB_START_i386) $(NEWLIB_POSIX)
NEEDS_newlib-x86_64 := $(BUILD)/newlib/x86_64/built
NEEDS_newlib-i386 := $(BUILD)/newlib/i386/built

# Sources of newlib that it leaves out for a system without directories.
NEWLIB_LEFT_OUT := posix/regcomp posix/regexec posix/regerror posix/regfree \
	posix/collate posix/collcmp posix/fnmatch posix/glob unix/basename unix/dirname
NEWLIB_LIBC := $(BUILD)/src/newlib/newlib/libc

# The compiler is the library's.
NEWLIB_OWN_LIBRARIES := $(ARCHES:%=$(BUILD)/newlib/%/lib/libjumpslot.a)
$(NEWLIB_OWN_LIBRARIES): $(BUILD)/newlib/%/lib/libjumpslot.a: \
		$$(call objects,newlib-$$*,$(NEWLIB_POSIX)) \
		$(BUILD)/stamps/link-newlib-% $(wildcard guests/newlib/include/*.h) \
		$(wildcard guests/newlib/include/sys/*.h)
	$(call say,AR,$@)
	$(Q)rm -rf $@ $(@D)/left-out && mkdir -p $(@D)/left-out
	$(Q)for source in $(NEWLIB_LEFT_OUT); do \
		gcc $(NEWLIB_CALLED_$*) $(NEWLIB_BUILD_CFLAGS) \
			$(call newlib_cflags,$*) -D_GNU_SOURCE \
			-Dglob=jumpslot_bsd_glob -I $(NEWLIB_LIBC)/posix \
			-c $(NEWLIB_LIBC)/$$source.c \
			-o $(@D)/left-out/$${source##*/}.o || exit 1; done
	$(Q)ar rcD $@ $(filter %.o,$^) $(@D)/left-out/*.o
	$(Q)rm -r $(@D)/left-out

# All that is to be linked before the program, under the name that such a file has.
NEWLIB_CRT0 := $(ARCHES:%=$(BUILD)/newlib/%/lib/crt0.o)
$(NEWLIB_CRT0): $(BUILD)/newlib/%/lib/crt0.o: \
		$$(call objects,newlib-$$*,$$(NEWLIB_START_$$*)) \
		$(BUILD)/newlib/%/lib/libjumpslot.a
	$(call say,LD,$@)
	$(Q)$(CC) $(M_$*) -nostdlib -r -o $@ $(filter %.o,$^)

# The provider, on the host's side. A second provider that is linked with it needs a
# library of this name, and finds the one that the runner has loaded.
SETS += newlib-provider-x86_64 newlib-provider-i386
CFLAGS_newlib-provider-x86_64 = $(HOST_M_x86_64) $(PROVIDER_CFLAGS) -fvisibility=hidden
CFLAGS_newlib-provider-i386 = $(HOST_M_i386) $(PROVIDER_CFLAGS) -fvisibility=hidden
SOURCES_newlib-provider-x86_64 := $(wildcard guests/newlib/provider*.c)
SOURCES_newlib-provider-i386 := $(SOURCES_newlib-provider-x86_64)

NEWLIB_PROVIDERS := $(ARCHES:%=$(BUILD)/providers/newlib-%.so)
PROVIDERS += $(NEWLIB_PROVIDERS)
$(NEWLIB_PROVIDERS): $(BUILD)/providers/newlib-%.so: \
		$$(call link_inputs,newlib-provider-$$*)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_M_$*) $(PROVIDER_LDFLAGS) -Wl,-soname,jumpslot-newlib.so -o $@ \
		$(filter %.o,$^)
