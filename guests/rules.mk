# Guests of a single file, guests/<name>/<name>.c, for each architecture; where there
# is a guests/<name>/provider.c, the provider that goes with it.

SIMPLE_GUESTS := hello calculator ticker
GUESTS += $(foreach a,x86_64 i386,$(SIMPLE_GUESTS:%=$(BUILD)/guests/%-$(a).elf))
PROVIDERS += $(foreach a,x86_64 i386,$(BUILD)/providers/calculator-$(a).so)
LIBS_calculator := -lm

define simple_guest
$(BUILD)/guests/$(1)-$(2).elf: guests/$(1)/$(1).c linkscripts/externals.ld
	@mkdir -p $$(@D)
	$$(CC) $$(M_$(2)) $$(GUEST_CFLAGS) $$(GUEST_LDFLAGS) -MF $$@.d -o $$@ $$<
endef
$(foreach g,$(SIMPLE_GUESTS),$(foreach a,x86_64 i386,$(eval $(call simple_guest,$(g),$(a)))))

.PRECIOUS: $(BUILD)/providers/%/func_list.h

# What a guest wants and the runner does not have itself; the same for each architecture.
$(BUILD)/providers/%/func_list.h: $(BUILD)/guests/%-x86_64.elf $(BUILD)/bin/jumpslot-runner-x86_64
	@mkdir -p $(@D)
	$(PYTHON) gen/gen-func-list $< --provided-by $(BUILD)/bin/jumpslot-runner-x86_64 -o $@

define simple_provider
$(BUILD)/providers/%-$(1).so: guests/%/provider.c $(BUILD)/providers/%/func_list.h
	$$(CC) $$(HOST_M_$(1)) $$(PROVIDER_CFLAGS) -I $(BUILD)/providers/$$* $$(PROVIDER_LDFLAGS) \
		-MF $$@.d -o $$@ $$< $$(LIBS_$$*)
endef
$(foreach a,x86_64 i386,$(eval $(call simple_provider,$(a))))
