# A worked example of a model: guests for the partitions of flight.toml, for each
# architecture. docs/partitions.md is its page.

EXAMPLE_GUESTS := sensor display logger
SETS += $(foreach arch,$(ARCHES),partitions-$(arch) partitions-control-$(arch))
CFLAGS_partitions-x86_64 = $(CFLAGS_guest-x86_64)
CFLAGS_partitions-i386 = $(CFLAGS_guest-i386)
SOURCES_partitions-x86_64 := $(EXAMPLE_GUESTS:%=guests/partitions/%.c)
SOURCES_partitions-i386 := $(SOURCES_partitions-x86_64)
# An application of the kernel in guests/rtos.
CFLAGS_partitions-control-x86_64 = $(call rtos_cflags,virtual,x86_64)
CFLAGS_partitions-control-i386 = $(call rtos_cflags,virtual,i386)
SOURCES_partitions-control-x86_64 := guests/partitions/control.c
SOURCES_partitions-control-i386 := guests/partitions/control.c

EXAMPLE_ELFS := $(foreach arch,$(ARCHES),\
	$(EXAMPLE_GUESTS:%=$(BUILD)/partitions/%-$(arch).elf))
EXAMPLE_CONTROLS := $(ARCHES:%=$(BUILD)/partitions/control-%.elf)
example_objects = $(call objects,partitions-$(call image_arch,$(1)),\
	guests/partitions/$(call image_guest,$(1)).c)
image_guest = $(firstword $(subst -, ,$(notdir $(1))))
control_inputs = $(foreach set,partitions-control rtos-virtual,\
	$(call link_inputs,$(set)-$(call image_arch,$(1))))
$(EXAMPLE_ELFS): $$(call example_objects,$$@)
$(EXAMPLE_CONTROLS): $$(call control_inputs,$$@)
$(EXAMPLE_ELFS) $(EXAMPLE_CONTROLS): linkscripts/externals.ld \
		$(BUILD)/stamps/link-guests
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(M_$(call image_arch,$@)) $(GUEST_LDFLAGS) -o $@ $(filter %.o,$^) -lgcc

EXAMPLE_MODEL := $(BUILD)/partitions/flight.toml
$(EXAMPLE_MODEL): guests/partitions/flight.toml
	$(Q)mkdir -p $(@D)
	$(Q)cp $< $@

EXAMPLE := $(EXAMPLE_MODEL) $(EXAMPLE_ELFS) $(EXAMPLE_CONTROLS)
.PHONY: guests/partitions
guests/partitions: $(PROGRAMS) $(EXAMPLE)
