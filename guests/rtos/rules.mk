# A small real-time kernel as a guest: one source, linked with each application for a host
# (cpu/virtual) and for the bare machine (cpu/native).
#   $(BUILD)/guests/rtos-<application>-<arch>.elf    runs under host-wrapper
#   $(BUILD)/native/rtos-<application>-i386.elf      boots by itself

RTOS := guests/rtos
RTOS_APPLICATIONS := scenario shell soak
RTOS_VARIANTS := virtual-x86_64 virtual-i386 native-i386
RTOS_LDFLAGS_virtual := $(GUEST_LDFLAGS)
RTOS_LDFLAGS_native := -nostdlib -static -Wl,--gc-sections -Wl,--build-id \
	-T linkscripts/guest-i386.ld

# Kernel, processor and applications of a variant; $(1): virtual or native, $(2):
# architecture.
rtos_cflags = $(M_$(2)) $(GUEST_CFLAGS) -I $(RTOS)/kernel -I $(RTOS)/cpu \
	-I $(RTOS)/cpu/$(1)
rtos_sources = $(wildcard $(RTOS)/kernel/*.c $(RTOS)/cpu/$(1)/*.[cS]) \
	$(RTOS)/cpu/context_$(2).S
rtos_application = $(wildcard $(RTOS)/apps/$(1).c $(RTOS)/apps/$(1)/*.c)

SETS += $(RTOS_VARIANTS:%=rtos-%)
CFLAGS_rtos-virtual-x86_64 = $(call rtos_cflags,virtual,x86_64)
CFLAGS_rtos-virtual-i386 = $(call rtos_cflags,virtual,i386)
CFLAGS_rtos-native-i386 = $(call rtos_cflags,native,i386)
SOURCES_rtos-virtual-x86_64 := $(call rtos_sources,virtual,x86_64)
SOURCES_rtos-virtual-i386 := $(call rtos_sources,virtual,i386)
SOURCES_rtos-native-i386 := $(call rtos_sources,native,i386)

# Of an image, .../rtos-<application>-<arch>.elf in guests/ or native/: its parts.
image_arch = $(lastword $(subst -, ,$(basename $(notdir $(1)))))
image_application = $(word 2,$(subst -, ,$(notdir $(1))))
image_cpu = $(if $(filter %/native/,$(dir $(1))),native,virtual)
image_set = rtos-$(call image_cpu,$(1))-$(call image_arch,$(1))
image_sources = $(call rtos_application,$(call image_application,$(1)))
image_objects = $(call link_inputs,$(call image_set,$(1))) \
	$(call objects,$(call image_set,$(1)),$(call image_sources,$(1)))

RTOS_GUESTS := $(foreach arch,$(ARCHES),\
	$(RTOS_APPLICATIONS:%=$(BUILD)/guests/rtos-%-$(arch).elf))
RTOS_NATIVE := $(RTOS_APPLICATIONS:%=$(BUILD)/native/rtos-%-i386.elf)
$(RTOS_GUESTS) $(RTOS_NATIVE): $$(call image_objects,$$@) $(wildcard linkscripts/*.ld)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(M_$(call image_arch,$@)) $(RTOS_LDFLAGS_$(call image_cpu,$@)) -o $@ \
		$(filter %.o,$^) -lgcc

# An application that uses newlib has newlib's headers, and computes as newlib does.
RTOS_LUA_SOURCES := $(RTOS)/newlib/system.c $(RTOS)/newlib/threads.c $(RTOS)/lua/lua.c \
	$(RTOS)/lua/scripts.S
rtos_lua_cflags = $(call rtos_cflags,$(1),$(2)) -std=gnu11 -I $(RTOS)/newlib \
	-I $(LUA_SOURCE)/src -I $(BUILD)/guests/lua/$(2) $(NEWLIB_CFLAGS_$(2))
rtos_lua_needs = $(BUILD)/newlib/$(1)/built $(LUA_SOURCE)/unpacked \
	$(wildcard $(RTOS)/lua/*.lua) $(BUILD)/guests/lua/$(1)/lua5.4-deb-multiarch.h
SETS += $(RTOS_VARIANTS:%=rtos-lua-%)
CFLAGS_rtos-lua-virtual-x86_64 = $(call rtos_lua_cflags,virtual,x86_64)
CFLAGS_rtos-lua-virtual-i386 = $(call rtos_lua_cflags,virtual,i386)
CFLAGS_rtos-lua-native-i386 = $(call rtos_lua_cflags,native,i386)
SOURCES_rtos-lua-virtual-x86_64 := $(RTOS_LUA_SOURCES)
SOURCES_rtos-lua-virtual-i386 := $(RTOS_LUA_SOURCES)
SOURCES_rtos-lua-native-i386 := $(RTOS_LUA_SOURCES)
NEEDS_rtos-lua-virtual-x86_64 := $(call rtos_lua_needs,x86_64)
NEEDS_rtos-lua-virtual-i386 := $(call rtos_lua_needs,i386)
NEEDS_rtos-lua-native-i386 := $(call rtos_lua_needs,i386)

# All of Lua but its interpreter and the libraries that need files or an environment; and
# guests/newlib's memcpy() and the like replace those of the kernel. An interrupt of
# either processor keeps the vector registers that they use.
RTOS_LUA_FILES := $(filter-out lua linit liolib loslib loadlib ldblib,$(LUA_FILES))
image_lua_set = rtos-lua-$(call image_cpu,$(1))-$(call image_arch,$(1))
image_lua_objects = $(call link_inputs,$(call image_lua_set,$(1))) \
	$(filter-out %/kernel/text.o,$(call link_inputs,$(call image_set,$(1)))) \
	$(call objects,newlib-$(call image_arch,$(1)),guests/newlib/memory_copy.c) \
	$(call lua_objects,$(call image_arch,$(1)),$(RTOS_LUA_FILES))

RTOS_LUA_GUESTS := $(ARCHES:%=$(BUILD)/guests/rtos-lua-%.elf)
RTOS_LUA_NATIVE := $(BUILD)/native/rtos-lua-i386.elf
$(RTOS_LUA_GUESTS) $(RTOS_LUA_NATIVE): $$(call image_lua_objects,$$@) \
		$(wildcard linkscripts/*.ld)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(M_$(call image_arch,$@)) $(RTOS_LDFLAGS_$(call image_cpu,$@)) -o $@ \
		$(filter %.o,$^) $(NEWLIB_ONLY_$(call image_arch,$@))

GUESTS += $(RTOS_GUESTS) $(RTOS_LUA_GUESTS)
# Images that boot by themselves use privileged instructions: find-privileged is not
# asked.
NATIVE_GUESTS := $(RTOS_NATIVE) $(RTOS_LUA_NATIVE)
