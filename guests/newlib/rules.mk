# newlib for guests: Debian's source built as it is, start code and system calls on
# top of it, and the provider that serves those. For each architecture there is
#   $(BUILD)/newlib/<arch>/{include,lib}
# A guest that is an ordinary C program compiles with $(NEWLIB_CFLAGS_<arch>), depends on
# $(BUILD)/newlib/<arch>/lib/crt0.o, and links it with $(NEWLIB_LIBS_<arch>) at the end.

NEWLIB_TARBALL := $(lastword $(sort $(wildcard /usr/src/newlib/newlib-*.tar.*)))
NEWLIB_HOST_x86_64 := x86_64-elf
NEWLIB_HOST_i386 := i686-elf

# The C library is a matter of the machine's own gcc, whatever $(CC) is. It must not take
# itself for part of a Linux system.
NEWLIB_NOT_LINUX := -U__linux__ -U__linux -Ulinux -U__gnu_linux__ \
	-U__unix__ -U__unix -Uunix
# SSE, so that i386 rounds as x86-64 does.
NEWLIB_ARCH_x86_64 := -m64 $(NEWLIB_NOT_LINUX)
NEWLIB_ARCH_i386 := -m32 -msse2 -mfpmath=sse $(NEWLIB_NOT_LINUX)
NEWLIB_OPTIMIZE := -O2 -ffreestanding -fno-stack-protector -fno-pie -fcf-protection \
	-ffunction-sections -fdata-sections
# The mathematical functions that are glibc's as well.
NEWLIB_BUILD_CFLAGS := $(NEWLIB_OPTIMIZE) -D__OBSOLETE_MATH=0
NEWLIB_CONFIGURE := --quiet --build=x86_64-linux-gnu --with-target-subdir=. \
	--disable-multilib --disable-dependency-tracking --disable-newlib-supplied-syscalls \
	--enable-newlib-io-long-long --enable-newlib-io-c99-formats

$(BUILD)/src/newlib/unpacked: $(NEWLIB_TARBALL)
	@test -n "$(NEWLIB_TARBALL)" || { echo "newlib's source is missing in" \
		"/usr/src/newlib: install Debian's package newlib-source" >&2; exit 1; }
	rm -rf $(@D)
	mkdir -p $(@D)
	tar -x -f $(NEWLIB_TARBALL) -C $(@D) --strip-components=1
	touch $@

NEWLIB_START := start memory errors syscalls
NEWLIB_LD_x86_64 := elf_x86_64
NEWLIB_LD_i386 := elf_i386

# Without MAKEFLAGS: variables of our command line, such as CC, are not newlib's.
define newlib
NEWLIB_CFLAGS_$(1) = $$(NEWLIB_ARCH_$(1)) -nostdinc \
	-isystem $$(BUILD)/newlib/$(1)/include -isystem $$$$($$(CC) -print-file-name=include)
NEWLIB_LIBS_$(1) = -L $$(BUILD)/newlib/$(1)/lib \
	-Wl,--start-group -lc -lm -lgcc -Wl,--end-group

$$(BUILD)/newlib/$(1)/built: $$(BUILD)/src/newlib/unpacked
	@echo "newlib for $(1): about 40 seconds, see $$(@D)/log"
	@rm -rf $$(@D) && mkdir -p $$(@D)/objects
	@cd $$(@D)/objects && $$(abspath $$(<D))/newlib/configure $$(NEWLIB_CONFIGURE) \
		--host=$$(NEWLIB_HOST_$(1)) --prefix=$$(abspath $$(@D))/installed \
		AR=ar RANLIB=ranlib AS=as CC="gcc $$(NEWLIB_ARCH_$(1))" \
		CCAS="gcc $$(NEWLIB_ARCH_$(1)) -Wa,--noexecstack" \
		CFLAGS="$$(NEWLIB_BUILD_CFLAGS)" \
		> $$(abspath $$(@D))/log 2>&1 || { tail $$(abspath $$(@D))/log; exit 1; }
	@MAKEFLAGS= make -C $$(@D)/objects all install >> $$(@D)/log 2>&1 || \
		{ tail $$(@D)/log; exit 1; }
	@mv $$(@D)/installed/*/include $$(@D)/installed/*/lib $$(@D)
	@rm -rf $$(@D)/objects $$(@D)/installed
	touch $$@

# The flags behind GUEST_CFLAGS: newlib's headers hide POSIX from strict C.
$$(BUILD)/guests/newlib/$(1)/%.o: guests/newlib/%.c $$(BUILD)/newlib/$(1)/built
	@mkdir -p $$(@D)
	$$(CC) $$(GUEST_CFLAGS) -std=gnu11 $$(NEWLIB_CFLAGS_$(1)) -c -o $$@ $$<

# All that is to be linked before the program, under the name that such a thing has.
$$(BUILD)/newlib/$(1)/lib/crt0.o: $$(NEWLIB_START:%=$$(BUILD)/guests/newlib/$(1)/%.o)
	ld -m $$(NEWLIB_LD_$(1)) -r -o $$@ $$^
endef
$(foreach a,x86_64 i386,$(eval $(call newlib,$(a))))

PROVIDERS += $(foreach a,x86_64 i386,$(BUILD)/providers/newlib-$(a).so)
NEWLIB_PROVIDER_SOURCES := $(wildcard guests/newlib/provider*.c)

# Several sources at once, so no -MMD: every header counts.
$(foreach a,x86_64 i386,$(BUILD)/providers/newlib-$(a).so): \
		$(BUILD)/providers/newlib-%.so: $(NEWLIB_PROVIDER_SOURCES) \
		$(wildcard guests/newlib/*.h guest-macros/jumpslot/*.h \
		host-wrapper/include/jumpslot/*.h)
	@mkdir -p $(@D)
	$(CC) $(HOST_M_$*) $(filter-out -MMD -MP,$(PROVIDER_CFLAGS)) -fvisibility=hidden \
		$(PROVIDER_LDFLAGS) -o $@ $(NEWLIB_PROVIDER_SOURCES)
