# A worked example of a model: guests for the partitions of flight.toml, for each
# architecture. docs/partitions.md is its page.

EXAMPLE_GUESTS := sensor display logger
SETS += partitions-x86_64 partitions-i386
CFLAGS_partitions-x86_64 = $(CFLAGS_guest-x86_64)
CFLAGS_partitions-i386 = $(CFLAGS_guest-i386)
SOURCES_partitions-x86_64 := $(EXAMPLE_GUESTS:%=guests/partitions/%.c)
SOURCES_partitions-i386 := $(SOURCES_partitions-x86_64)

EXAMPLE_x86_64 := $(EXAMPLE_GUESTS:%=$(BUILD)/partitions/%-x86_64.elf)
EXAMPLE_i386 := $(EXAMPLE_GUESTS:%=$(BUILD)/partitions/%-i386.elf)
$(EXAMPLE_x86_64): $(BUILD)/partitions/%-x86_64.elf: \
	$(BUILD)/obj/partitions-x86_64/guests/partitions/%.o
$(EXAMPLE_i386): $(BUILD)/partitions/%-i386.elf: \
	$(BUILD)/obj/partitions-i386/guests/partitions/%.o
$(EXAMPLE_x86_64) $(EXAMPLE_i386): linkscripts/externals.ld $(BUILD)/stamps/link-guests
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(M_$(lastword $(subst -, ,$(basename $@)))) $(GUEST_LDFLAGS) -o $@ \
		$(filter %.o,$^) -lgcc

EXAMPLE_MODEL := $(BUILD)/partitions/flight.toml
$(EXAMPLE_MODEL): guests/partitions/flight.toml
	$(Q)mkdir -p $(@D)
	$(Q)cp $< $@

.PHONY: guests/partitions
guests/partitions: $(PROGRAMS) $(EXAMPLE_MODEL) $(EXAMPLE_x86_64) $(EXAMPLE_i386) \
	$(BUILD)/guests/rtos-scenario-i386.elf
