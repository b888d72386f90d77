# Partition libraries: providers, compiled for the guest's ring and linked at a fixed
# address with replacements of the system calls (calls.c) and newlib's functions.

LIBRARY := $(HW)/monitor/library
# The provider's headers are glibc's, as for a process. A caller on i386 may have a stack
# that is aligned to 4 bytes.
LIBRARY_M_x86_64 := $(HOST_M_x86_64) -D_FILE_OFFSET_BITS=64
LIBRARY_M_i386 := $(HOST_M_i386) -mincoming-stack-boundary=2
LIBRARY_CFLAGS = -std=gnu11 -O2 -g -fno-pie -fno-stack-protector -ffunction-sections \
	-fdata-sections $(WARNINGS) $(HW_CFLAGS) $(if $(ANALYZE),-fanalyzer)

LIBRARY_SOURCES := $(wildcard $(LIBRARY)/*.c)
SETS += monitor-library-x86_64 monitor-library-i386
CFLAGS_monitor-library-x86_64 = $(LIBRARY_M_x86_64) $(LIBRARY_CFLAGS)
CFLAGS_monitor-library-i386 = $(LIBRARY_M_i386) $(LIBRARY_CFLAGS)
SOURCES_monitor-library-x86_64 := $(LIBRARY_SOURCES) $(LIBRARY)/start_x86_64.S
SOURCES_monitor-library-i386 := $(LIBRARY_SOURCES) $(LIBRARY)/start_i386.S
# All of it in one file, with which gen/jumpslot-cc links users' libraries, too.
LIBRARY_PARTS := $(ARCHES:%=$(BUILD)/partitions/library-%.o)
$(LIBRARY_PARTS): $(BUILD)/partitions/library-%.o: \
		$$(call link_inputs,monitor-library-$$*)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(M_$*) -nostdlib -r -o $@ $(filter %.o,$^)

# Without these options, glibc's headers select these names.
LIBRARY_NAMES_x86_64 := $(foreach name,fcntl lseek pread pwrite,\
	-Wl,--defsym=$(name)=$(name)64)

# name:address: the sources are the provider's, unchanged.
PARTITION_LIBRARIES_AT := calculator:0x70000000 newlib:0x71000000
PARTITION_LIBRARY_NAMES := $(foreach library,$(PARTITION_LIBRARIES_AT),\
	$(firstword $(subst :, ,$(library))))
library_address = $(word 2,$(subst :, ,$(filter $(1):%,$(PARTITION_LIBRARIES_AT))))
PARTITION_SOURCES_calculator := guests/calculator/provider.c
PARTITION_SOURCES_newlib := $(wildcard guests/newlib/provider*.c)
PARTITION_LISTS_calculator := $(BUILD)/providers/calculator/func_list.h

define partition_library
SETS += partition-$(1)-$(2)
CFLAGS_partition-$(1)-$(2) = $$(LIBRARY_M_$(2)) $$(LIBRARY_CFLAGS) \
	$$(addprefix -I ,$$(dir $$(PARTITION_LISTS_$(1))))
SOURCES_partition-$(1)-$(2) := $$(PARTITION_SOURCES_$(1))
NEEDS_partition-$(1)-$(2) := $$(PARTITION_LISTS_$(1))
PARTITION_LIBRARIES += $$(BUILD)/partitions/$(1)-$(2).lib
$$(BUILD)/partitions/$(1)-$(2).lib: $$$$(call link_inputs,partition-$(1)-$(2)) \
		$$(BUILD)/partitions/library-$(2).o $$(BUILD)/newlib/$(2)/built \
		linkscripts/externals.ld
	$$(call say,LD,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(M_$(2)) $$(GUEST_LDFLAGS) $$(LIBRARY_NAMES_$(2)) \
		-Wl,-Ttext-segment=$$(call library_address,$(1)) -o $$@ \
		$$(filter %.o,$$^) -L $$(BUILD)/newlib/$(2)/lib \
		-Wl,--start-group -lc -lm -lgcc -Wl,--end-group
endef
$(foreach name,$(PARTITION_LIBRARY_NAMES),$(foreach arch,$(ARCHES),\
	$(eval $(call partition_library,$(name),$(arch)))))
NEWLIB_LIBRARIES := $(filter %/newlib-x86_64.lib %/newlib-i386.lib,\
	$(PARTITION_LIBRARIES))
