# The rules of mk/objects.mk. Read after all parts, as they use what the parts
# defined.

MAKE_SOURCES := $(filter-out %.d,$(MAKEFILE_LIST))

# $(1): flag set
define object_rules
STAMP_$(1) = $$(CC) $$(CFLAGS_$(1))
STAMP_link-$(1) = $$(HOST_LDFLAGS) $$(SOURCES_$(1))

$(BUILD)/obj/$(1)/%.o: %.c $(BUILD)/stamps/$(1) $(NEEDS_$(1))
	$$(call say,CC,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS_$(1)) -MMD -MP -c -o $$@ $$<

$(BUILD)/obj/$(1)/%.o: %.S $(BUILD)/stamps/$(1) $(NEEDS_$(1))
	$$(call say,AS,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS_$(1)) -MMD -MP -c -o $$@ $$<

# Each header that the set's sources may include compiles alone.
$(BUILD)/headers/$(1)/%.h.ok: %.h $(BUILD)/stamps/$(1) $(NEEDS_$(1))
	$$(call say,HEADER,$$<)
	$$(Q)mkdir -p $$(@D)
	$$(Q)echo '#include "$$<"' | \
		$$(CC) $$(CFLAGS_$(1)) -I . -MMD -MP -MF $$(@:.ok=.d) -MT $$@ \
			-fsyntax-only -x c -
	$$(Q)touch $$@
endef
$(foreach set,$(SETS),$(eval $(call object_rules,$(set))))

# A stamp changes when its text does, or after a change of the makefiles.
$(BUILD)/stamps/%: export STAMP = $(STAMP_$*)
$(BUILD)/stamps/%: FORCE $(MAKE_SOURCES) | $(BUILD)/stamps
	@if [ -n "$(filter-out FORCE,$?)" ] || ! printf '%s\n' "$$STAMP" | cmp -s - $@; \
		then printf '%s\n' "$$STAMP" >$@; fi

# The same for what takes long to build: it changes with the text alone.
$(BUILD)/stamps/slow-%: export STAMP = $(STAMP_slow-$*)
$(BUILD)/stamps/slow-%: FORCE | $(BUILD)/stamps
	@printf '%s\n' "$$STAMP" | cmp -s - $@ || printf '%s\n' "$$STAMP" >$@

$(BUILD)/stamps:
	@mkdir -p $@

.PHONY: FORCE
FORCE:

# Not those of other projects, in src/.
-include $(shell find $(BUILD) -path $(BUILD)/src -prune -o -type f -name '*.d' -print \
	2>/dev/null)
