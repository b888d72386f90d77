# tcc, from Debian's source package and unchanged, as a guest on newlib that compiles and
# links guests. Its headers and libraries are in a folder, $(BUILD)/guests/tcc/<arch>/tcc,
# which the guest expects as /tcc in its root. Only the tests build it.

SOURCE_PACKAGE_tcc := tcc
TCC := $(BUILD)/src/tcc
TCC_MADE := $(BUILD)/obj/tcc

TCC_TARGET_x86_64 := -DTCC_TARGET_X86_64
TCC_TARGET_i386 := -DTCC_TARGET_I386
# CONFIG_TCCBOOT leaves out the checks of pointers at run time, which need threads.
TCC_INCLUDE := {B}/include/gcc:{B}/include/jumpslot:{B}/include/tcc:{B}/include/newlib
TCC_OPTIONS := -DCONFIG_TCC_STATIC -DCONFIG_TCCBOOT -DCONFIG_TCCDIR='"/tcc"' \
	-DCONFIG_TCC_SYSINCLUDEPATHS='"$(TCC_INCLUDE)"' \
	-DCONFIG_TCC_LIBPATHS='"{B}/lib"' -DCONFIG_TCC_CRTPREFIX='"{B}/lib"'
tcc_cflags = $(NEWLIB_CFLAGS_$(1)) $(NEWLIB_OPTIMIZE) -O2 $(TCC_OPTIONS) \
	$(TCC_TARGET_$(1)) -I guests/tcc/on_newlib \
	-include guests/tcc/on_newlib/tcc_on_newlib.h -I $(TCC_MADE) -I $(TCC)
STAMP_tcc-x86_64 = $(CC) $(call tcc_cflags,x86_64)
STAMP_tcc-i386 = $(CC) $(call tcc_cflags,i386)

# All of tcc's configuration that is not in its flags.
$(TCC_MADE)/config.h: $(TCC)/unpacked
	$(Q)mkdir -p $(@D)
	$(Q)echo "#define TCC_VERSION \"$$(cat $(TCC)/VERSION)\"" >$@

.PHONY: guests/tcc
guests/tcc: $(PROGRAMS) $(NEWLIB_PROVIDERS) $(ARCHES:%=$(BUILD)/guests/tcc-%.elf) \
	$(ARCHES:%=$(BUILD)/guests/tcc/%/made)
TCC_OBJECTS := $(ARCHES:%=$(TCC_MADE)/%/tcc.o)
$(TCC_OBJECTS): $(TCC_MADE)/%/tcc.o: $(TCC_MADE)/config.h $(BUILD)/newlib/%/built \
		$(BUILD)/stamps/tcc-% $(wildcard guests/tcc/on_newlib/*.h)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(call tcc_cflags,$*) -c -o $@ $(TCC)/tcc.c

TCC_GUESTS := $(ARCHES:%=$(BUILD)/guests/tcc-%.elf)
$(TCC_GUESTS): $(BUILD)/guests/tcc-%.elf: $(BUILD)/newlib/%/lib/crt0.o \
		$(TCC_MADE)/%/tcc.o linkscripts/externals.ld $(BUILD)/stamps/link-guests
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(M_$*) $(GUEST_LDFLAGS) -o $@ $(filter %.o,$^) $(NEWLIB_LIBS_$*)

# The folder /tcc. Code that tcc compiles calls functions of its libtcc1.a, and newlib
# those of libgcc.a: one archive has both, and tcc's own function where both have one.
LIBTCC1_x86_64 := libtcc1.c va_list.c alloca86_64.S
LIBTCC1_i386 := libtcc1.c alloca86.S
LD_EMULATION_x86_64 := elf_x86_64
LD_EMULATION_i386 := elf_i386
TCC_FOLDERS := $(ARCHES:%=$(BUILD)/guests/tcc/%/made)
$(TCC_FOLDERS): $(BUILD)/guests/tcc/%/made: $(BUILD)/newlib/%/lib/crt0.o \
		$(BUILD)/newlib/%/lib/libjumpslot.a \
		$(TCC)/unpacked $(BUILD)/newlib/%/built \
		$(shell find guests/newlib/include guests/tcc -name '*.h') \
		guests/tcc/crt1.ld guests/tcc/note-as-data
	$(call say,MAKE,$(@D)/tcc)
	$(Q)rm -rf $(@D) && mkdir -p $(@D)/tcc/include $(@D)/tcc/lib $(@D)/objects
	$(Q)cp -r guests/tcc/include $(@D)/tcc/include/gcc
	$(Q)cp -r guests/newlib/include $(@D)/tcc/include/jumpslot
	$(Q)cp -r $(TCC)/include $(@D)/tcc/include/tcc
	$(Q)cp -r $(BUILD)/newlib/$*/include $(@D)/tcc/include/newlib
	$(Q)cp $(BUILD)/newlib/$*/lib/libc.a $(BUILD)/newlib/$*/lib/libm.a $(@D)/tcc/lib
	$(Q)ld -m $(LD_EMULATION_$*) -r --strip-debug --force-group-allocation \
		-T guests/tcc/crt1.ld -o $(@D)/tcc/lib/crt1.o $< \
		--whole-archive $(BUILD)/newlib/$*/lib/libjumpslot.a
	$(Q)objcopy --weaken $(@D)/tcc/lib/crt1.o
	$(Q)guests/tcc/note-as-data $(@D)/tcc/lib/crt1.o
	$(Q)for part in crti crtn; do \
		$(CC) $(M_$*) -c -x c /dev/null -o $(@D)/tcc/lib/$$part.o || exit; done
	$(Q)for file in $(LIBTCC1_$*); do $(CC) $(M_$*) $(NEWLIB_OPTIMIZE) -w \
		-fno-asynchronous-unwind-tables -c -o $(@D)/objects/$$file.o \
		$(TCC)/lib/$$file || exit; done
	$(Q)objcopy --weaken $$($(CC) $(M_$*) -print-libgcc-file-name) \
		$(@D)/objects/libgcc.a
	$(Q)cd $(@D)/objects && ar x libgcc.a
	$(Q)ar rcs $(@D)/tcc/libtcc1.a $(@D)/objects/*.o
	$(Q)rm -rf $(@D)/objects
	$(Q)touch $@
