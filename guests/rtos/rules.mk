# A small real-time kernel as a guest: one source, linked with each application for a host
# (cpu/virtual) and for the bare machine (cpu/native).
#   $(BUILD)/guests/rtos-<application>-<arch>.elf    runs under host-wrapper
#   $(BUILD)/native/rtos-<application>-i386.elf      boots by itself

RTOS := guests/rtos
RTOS_APPLICATIONS := scenario shell soak

RTOS_CFLAGS := -I $(RTOS)/kernel -I $(RTOS)/cpu
RTOS_PARTS := $(patsubst $(RTOS)/%.c,%,$(wildcard $(RTOS)/kernel/*.c))
RTOS_PARTS_virtual := $(patsubst $(RTOS)/%.c,%,$(wildcard $(RTOS)/cpu/virtual/*.c))
RTOS_PARTS_native := $(patsubst $(RTOS)/%,%,$(basename $(wildcard $(RTOS)/cpu/native/*.[cS])))
RTOS_LDFLAGS_virtual := $(GUEST_LDFLAGS)
RTOS_LDFLAGS_native := -nostdlib -static -Wl,--gc-sections -Wl,--build-id \
	-T linkscripts/guest-i386.ld

# An application that uses newlib has its functions, its headers, and computes as it does.
RTOS_NEWLIB_PARTS := newlib/system newlib/threads lua/lua lua/scripts
RTOS_NEWLIB_CFLAGS := -std=gnu11 -I $(RTOS)/newlib -I $(LUA_SOURCE)/src
# All of Lua but its interpreter, and the libraries that need files or an environment.
RTOS_LUA := $(filter-out lua linit liolib loslib loadlib ldblib,$(LUA_FILES))

# $(1): virtual or native; $(2): architecture
define rtos_objects
$(BUILD)/rtos/$(1)-$(2)/%.o: $(RTOS)/%.c
	@mkdir -p $$(@D)
	$$(CC) $$(M_$(2)) $$(GUEST_CFLAGS) $$(RTOS_CFLAGS) -I $(RTOS)/cpu/$(1) -c -o $$@ $$<

$(BUILD)/rtos/$(1)-$(2)/%.o: $(RTOS)/%.S
	@mkdir -p $$(@D)
	$$(CC) $$(M_$(2)) -g -MMD -MP -c -o $$@ $$<

$(RTOS_NEWLIB_PARTS:%=$(BUILD)/rtos/$(1)-$(2)/%.o): \
	RTOS_CFLAGS += $(RTOS_NEWLIB_CFLAGS) -I $(BUILD)/guests/lua/$(2) \
		$$(NEWLIB_CFLAGS_$(2))
$(RTOS_NEWLIB_PARTS:%=$(BUILD)/rtos/$(1)-$(2)/%.o): \
	$(BUILD)/newlib/$(2)/built $(LUA_SOURCE)/unpacked $(wildcard $(RTOS)/lua/*.lua) \
	$(BUILD)/guests/lua/$(2)/lua5.4-deb-multiarch.h

RTOS_OBJECTS_$(1)-$(2) := $$(patsubst %,$(BUILD)/rtos/$(1)-$(2)/%.o,\
	$(RTOS_PARTS) $(RTOS_PARTS_$(1)) cpu/context_$(2))
endef
$(eval $(call rtos_objects,virtual,x86_64))
$(eval $(call rtos_objects,virtual,i386))
$(eval $(call rtos_objects,native,i386))

# $(1): image without its suffix; $(2): virtual or native; $(3): architecture;
# $(4): application, a file or a folder
define rtos_image
$(1)-$(3).elf: $$(RTOS_OBJECTS_$(2)-$(3)) $(patsubst $(RTOS)/%.c,$(BUILD)/rtos/$(2)-$(3)/%.o,\
		$(wildcard $(RTOS)/apps/$(4).c $(RTOS)/apps/$(4)/*.c)) \
		$(wildcard linkscripts/*.ld)
	@mkdir -p $$(@D)
	$$(CC) $$(M_$(3)) $$(RTOS_LDFLAGS_$(2)) -o $$@ $$(filter %.o,$$^) -lgcc
endef

# The same; its own memcpy() and the like stay away from newlib's.
define rtos_lua_image
$(1)-$(3).elf: $$(filter-out %/kernel/text.o,$$(RTOS_OBJECTS_$(2)-$(3))) \
		$(RTOS_NEWLIB_PARTS:%=$(BUILD)/rtos/$(2)-$(3)/%.o) \
		$(RTOS_LUA:%=$(BUILD)/guests/lua/$(3)/%.o) $(wildcard linkscripts/*.ld)
	@mkdir -p $$(@D)
	$$(CC) $$(M_$(3)) $$(RTOS_LDFLAGS_$(2)) -o $$@ $$(filter %.o,$$^) \
		$$(NEWLIB_LIBS_$(3))
endef

$(foreach p,$(RTOS_APPLICATIONS),\
	$(eval $(call rtos_image,$(BUILD)/guests/rtos-$(p),virtual,x86_64,$(p)))\
	$(eval $(call rtos_image,$(BUILD)/guests/rtos-$(p),virtual,i386,$(p)))\
	$(eval $(call rtos_image,$(BUILD)/native/rtos-$(p),native,i386,$(p))))
$(eval $(call rtos_lua_image,$(BUILD)/guests/rtos-lua,virtual,x86_64))
$(eval $(call rtos_lua_image,$(BUILD)/guests/rtos-lua,virtual,i386))
$(eval $(call rtos_lua_image,$(BUILD)/native/rtos-lua,native,i386))

# For analysis: the kernel once, with each of its processors.
RTOS_TIDIED_virtual := $(wildcard $(RTOS)/kernel/*.c $(RTOS)/cpu/virtual/*.c)
RTOS_TIDIED_native := $(wildcard $(RTOS)/cpu/native/*.c)

# Without what needs newlib and Lua: to build it all with another compiler.
.PHONY: rtos
rtos: $(foreach p,$(RTOS_APPLICATIONS),$(BUILD)/guests/rtos-$(p)-x86_64.elf \
	$(BUILD)/guests/rtos-$(p)-i386.elf $(BUILD)/native/rtos-$(p)-i386.elf)

GUESTS += $(foreach p,$(RTOS_APPLICATIONS) lua,\
	$(BUILD)/guests/rtos-$(p)-x86_64.elf $(BUILD)/guests/rtos-$(p)-i386.elf)
NATIVE_GUESTS += $(foreach p,$(RTOS_APPLICATIONS) lua,$(BUILD)/native/rtos-$(p)-i386.elf)
