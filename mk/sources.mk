# Sources that are fetched once, by name: Debian's source packages. A part names its
# package, SOURCE_PACKAGE_<name> := PACKAGE, and depends on $(BUILD)/src/<name>/unpacked;
# the source is in that folder.

# root needs no sandboxed user to download to a directory of its own. apt has checked the
# signatures, so dpkg-source need not.
SOURCE_NAMES := $(patsubst SOURCE_PACKAGE_%,%,$(filter SOURCE_PACKAGE_%,$(.VARIABLES)))
$(SOURCE_NAMES:%=$(BUILD)/src/%/unpacked): private PACKAGE = \
	$(SOURCE_PACKAGE_$(notdir $(@D)))
$(SOURCE_NAMES:%=$(BUILD)/src/%/unpacked):
	$(call say,FETCH,source package $(PACKAGE))
	$(Q)rm -rf $(@D) $(@D)-package && mkdir -p $(@D)-package
	$(Q)cd $(@D)-package && apt-get -qq -o APT::Sandbox::User=root source \
		--download-only $(PACKAGE) || { \
		echo "Debian's source package $(PACKAGE) cannot be fetched:" \
		"it needs a network and a deb-src line ('make deps' adds one)" >&2; \
		exit 1; }
	$(Q)dpkg-source --no-check -q --extract $(@D)-package/$(PACKAGE)_*.dsc $(@D)
	$(Q)touch $@
