# Lua 5.4, from Debian's source package and unchanged, as a guest on newlib. The source
# is fetched once, into $(BUILD)/src.

LUA_PACKAGE := lua5.4
LUA_SOURCE := $(BUILD)/src/lua
# The program, the core and the libraries, as in Lua's own Makefile.
LUA_FILES := lua lapi lcode lctype ldebug ldo ldump lfunc lgc llex lmem lobject lopcodes \
	lparser lstate lstring ltable ltm lundump lvm lzio lauxlib lbaselib lcorolib ldblib \
	liolib lmathlib loadlib loslib lstrlib ltablib lutf8lib linit
# As Debian builds it, but for what needs a POSIX system.
LUA_CFLAGS = $(NEWLIB_OPTIMIZE) -std=gnu99 -g -DLUA_COMPAT_5_3 \
	-include guests/lua/lua_on_newlib.h

GUESTS += $(BUILD)/guests/lua-x86_64.elf $(BUILD)/guests/lua-i386.elf

# root needs no sandboxed user to download to a directory of its own. apt has checked
# the signatures, so dpkg-source need not.
$(LUA_SOURCE)/unpacked:
	rm -rf $(@D) $(@D)-package
	mkdir -p $(@D)-package
	@cd $(@D)-package && apt-get -qq -o APT::Sandbox::User=root source --download-only \
		$(LUA_PACKAGE) || { echo "the source of Debian's package $(LUA_PACKAGE) cannot be" \
		"fetched: that needs a network and a deb-src line (make deps adds one)" >&2; \
		exit 1; }
	dpkg-source --no-check -q --extract $(@D)-package/$(LUA_PACKAGE)_*.dsc $(@D)
	touch $@

# Debian's packaging generates this header, with its name of the architecture.
define lua
$(BUILD)/guests/lua/$(1)/lua5.4-deb-multiarch.h:
	@mkdir -p $$(@D)
	echo '#define DEB_HOST_MULTIARCH "$(1)-linux-gnu"' > $$@

$(BUILD)/guests/lua/$(1)/%.o: $(LUA_SOURCE)/unpacked $(BUILD)/newlib/$(1)/built \
		$(BUILD)/guests/lua/$(1)/lua5.4-deb-multiarch.h guests/lua/lua_on_newlib.h
	$$(CC) $$(NEWLIB_CFLAGS_$(1)) $$(LUA_CFLAGS) -I $$(@D) -c -o $$@ $(LUA_SOURCE)/src/$$*.c

$(BUILD)/guests/lua-$(1).elf: $(BUILD)/newlib/$(1)/lib/crt0.o \
		$(LUA_FILES:%=$(BUILD)/guests/lua/$(1)/%.o) linkscripts/externals.ld
	$$(CC) $$(M_$(1)) $$(GUEST_LDFLAGS) -o $$@ $$(filter %.o,$$^) $$(NEWLIB_LIBS_$(1))
endef
$(foreach a,x86_64 i386,$(eval $(call lua,$(a))))
