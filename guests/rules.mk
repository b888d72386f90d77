# Guests of a single file, guests/<name>/<name>.c, for each architecture.

SIMPLE_GUESTS := hello
GUESTS += $(foreach a,x86_64 i386,$(SIMPLE_GUESTS:%=$(BUILD)/guests/%-$(a).elf))

define simple_guest
$(BUILD)/guests/$(1)-$(2).elf: guests/$(1)/$(1).c linkscripts/externals.ld
	@mkdir -p $$(@D)
	$$(CC) $$(M_$(2)) $$(GUEST_CFLAGS) $$(GUEST_LDFLAGS) -MF $$@.d -o $$@ $$<
endef
$(foreach g,$(SIMPLE_GUESTS),$(foreach a,x86_64 i386,$(eval $(call simple_guest,$(g),$(a)))))
