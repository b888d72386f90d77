# Lua 5.4, from Debian's source package and unchanged, as a guest on newlib. The source is
# fetched once, into $(BUILD)/src.

SOURCE_PACKAGE_lua := lua5.4
LUA_SOURCE := $(BUILD)/src/lua
# The program, the core and the libraries, as in Lua's own Makefile.
LUA_FILES := lua lapi lcode lctype ldebug ldo ldump lfunc lgc llex lmem lobject \
	lopcodes lparser lstate lstring ltable ltm lundump lvm lzio lauxlib lbaselib \
	lcorolib ldblib liolib lmathlib loadlib loslib lstrlib ltablib lutf8lib linit

# Debian's packaging generates this header, with its name of the architecture.
LUA_HEADERS := $(ARCHES:%=$(BUILD)/guests/lua/%/lua5.4-deb-multiarch.h)
$(LUA_HEADERS): $(BUILD)/guests/lua/%/lua5.4-deb-multiarch.h:
	$(Q)mkdir -p $(@D)
	$(Q)echo '#define DEB_HOST_MULTIARCH "$*-linux-gnu"' >$@

# The flags are Debian's, but for those that need a POSIX system.
lua_cflags = $(NEWLIB_CFLAGS_$(1)) $(NEWLIB_OPTIMIZE) -std=gnu99 -g -DLUA_COMPAT_5_3 \
	-include guests/lua/lua_on_newlib.h -I $(BUILD)/guests/lua/$(1)
STAMP_lua-x86_64 = $(CC) $(call lua_cflags,x86_64)
STAMP_lua-i386 = $(CC) $(call lua_cflags,i386)
lua_objects = $(2:%=$(BUILD)/obj/lua-$(1)/%.o)
lua_needs = $(LUA_SOURCE)/unpacked $(BUILD)/newlib/$(1)/built guests/lua/lua_on_newlib.h \
	$(BUILD)/guests/lua/$(1)/lua5.4-deb-multiarch.h $(BUILD)/stamps/lua-$(1)

$(call lua_objects,x86_64,$(LUA_FILES)): private ARCH := x86_64
$(call lua_objects,i386,$(LUA_FILES)): private ARCH := i386
$(call lua_objects,x86_64,$(LUA_FILES)): $(call lua_needs,x86_64)
$(call lua_objects,i386,$(LUA_FILES)): $(call lua_needs,i386)
$(foreach arch,$(ARCHES),$(call lua_objects,$(arch),$(LUA_FILES))):
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(call lua_cflags,$(ARCH)) -c -o $@ \
		$(LUA_SOURCE)/src/$(basename $(@F)).c

LUA_GUESTS := $(ARCHES:%=$(BUILD)/guests/lua-%.elf)
GUESTS += $(LUA_GUESTS)
$(LUA_GUESTS): $(BUILD)/guests/lua-%.elf: $(BUILD)/newlib/%/lib/crt0.o \
		$$(call lua_objects,$$*,$$(LUA_FILES)) linkscripts/externals.ld \
		$(BUILD)/stamps/link-guests
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(M_$*) $(GUEST_LDFLAGS) -o $@ $(filter %.o,$^) $(NEWLIB_LIBS_$*)
