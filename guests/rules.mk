# Guests of a single file, guests/<name>/<name>.c, for each architecture; and where
# there is a guests/<name>/provider.c, the provider that goes with it.

SIMPLE_GUESTS := hello calculator ticker
SIMPLE_PROVIDERS := calculator
LIBS_calculator := -lm

SETS += $(ARCHES:%=guest-%)
CFLAGS_guest-x86_64 = $(M_x86_64) $(GUEST_CFLAGS)
CFLAGS_guest-i386 = $(M_i386) $(GUEST_CFLAGS)
SOURCES_guest-x86_64 := $(foreach guest,$(SIMPLE_GUESTS),guests/$(guest)/$(guest).c)
SOURCES_guest-i386 := $(SOURCES_guest-x86_64)

STAMP_link-guests = $(CC) $(GUEST_LDFLAGS)
SIMPLE_x86_64 := $(SIMPLE_GUESTS:%=$(BUILD)/guests/%-x86_64.elf)
SIMPLE_i386 := $(SIMPLE_GUESTS:%=$(BUILD)/guests/%-i386.elf)
$(SIMPLE_x86_64): $(BUILD)/guests/%-x86_64.elf: $(BUILD)/obj/guest-x86_64/guests/$$*/$$*.o
$(SIMPLE_i386): $(BUILD)/guests/%-i386.elf: $(BUILD)/obj/guest-i386/guests/$$*/$$*.o
$(SIMPLE_x86_64) $(SIMPLE_i386): linkscripts/externals.ld $(BUILD)/stamps/link-guests
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(M_$(lastword $(subst -, ,$(basename $@)))) $(GUEST_LDFLAGS) -o $@ \
		$(filter %.o,$^) -lgcc

GUESTS := $(SIMPLE_x86_64) $(SIMPLE_i386)

# The functions that a guest wants and the runner does not have itself; the same for each
# architecture.
FUNC_LISTS := $(SIMPLE_PROVIDERS:%=$(BUILD)/providers/%/func_list.h)
$(FUNC_LISTS): $(BUILD)/providers/%/func_list.h: $(BUILD)/guests/%-x86_64.elf \
		$(BUILD)/bin/jumpslot-runner-x86_64 gen/gen-func-list \
		$(wildcard gen/jumpslot_elf/*.py)
	$(call say,LIST,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(PYTHON) gen/gen-func-list $< \
		--provided-by $(BUILD)/bin/jumpslot-runner-x86_64 -o $@

STAMP_providers = $(CC) $(PROVIDER_CFLAGS) $(PROVIDER_LDFLAGS)
PROVIDERS_x86_64 := $(SIMPLE_PROVIDERS:%=$(BUILD)/providers/%-x86_64.so)
PROVIDERS_i386 := $(SIMPLE_PROVIDERS:%=$(BUILD)/providers/%-i386.so)
$(PROVIDERS_x86_64): private ARCH := x86_64
$(PROVIDERS_i386): private ARCH := i386
$(PROVIDERS_x86_64): $(BUILD)/providers/%-x86_64.so: guests/%/provider.c \
	$(BUILD)/providers/%/func_list.h
$(PROVIDERS_i386): $(BUILD)/providers/%-i386.so: guests/%/provider.c \
	$(BUILD)/providers/%/func_list.h
$(PROVIDERS_x86_64) $(PROVIDERS_i386): $(BUILD)/stamps/providers
	$(call say,CC,$@)
	$(Q)$(CC) $(HOST_M_$(ARCH)) $(PROVIDER_CFLAGS) -MMD -MP -MF $@.d \
		-I $(BUILD)/providers/$(@F:-$(ARCH).so=) $(PROVIDER_LDFLAGS) -o $@ \
		$(filter %.c,$^) $(LIBS_$(@F:-$(ARCH).so=))

PROVIDERS := $(PROVIDERS_x86_64) $(PROVIDERS_i386)
