# `make install`: what users of an installed jumpslot need, below $(DESTDIR)$(PREFIX).
# packaging/install-files has the layout.

PREFIX := /usr/local
DESTDIR :=
INSTALL_FILES = $(Q)BUILD='$(BUILD)' ROOT='$(DESTDIR)$(PREFIX)' PREFIX='$(PREFIX)' \
	packaging/install-files

.PHONY: installed install install-host install-dev install-doc
# All that is installed and has to be built.
installed: $(PROGRAMS) $(NEWLIB_PROVIDERS) $(NEWLIB_CRT0) $(NEWLIB_LIBRARIES) \
	$(LIBRARY_PARTS)

install: install-host install-dev install-doc

install-host: $(PROGRAMS) $(NEWLIB_PROVIDERS) $(NEWLIB_LIBRARIES)
	$(call say,INSTALL,$(DESTDIR)$(PREFIX): host)
	$(INSTALL_FILES) host

install-dev: $(NEWLIB_CRT0) $(LIBRARY_PARTS)
	$(call say,INSTALL,$(DESTDIR)$(PREFIX): dev)
	$(INSTALL_FILES) dev

install-doc:
	$(call say,INSTALL,$(DESTDIR)$(PREFIX): doc)
	$(INSTALL_FILES) doc

# One guest and all that runs it, as an OCI image. The environment sets none of these:
# OPTIONS is a common name there. Words are separated by blanks, and contain none.
GUEST = $(BUILD)/guests/hello-x86_64.elf
PROVIDER :=
OPTIONS :=
ARGUMENTS :=
OCI_IMAGE = $(BUILD)/oci/$(basename $(notdir $(GUEST))).tar
.PHONY: oci
oci: $(PROGRAMS)
	$(call say,OCI,$(OCI_IMAGE))
	$(Q)mkdir -p $(dir $(OCI_IMAGE))
	$(Q)$(PYTHON) packaging/oci-image --bin $(BUILD)/bin $(PROVIDER:%=--provider %) \
		$(OPTIONS:%=--option=%) -o $(OCI_IMAGE) -- $(GUEST) $(ARGUMENTS)
