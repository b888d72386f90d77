# SQLite, from Debian's source package and unchanged, as a guest on newlib: its library as
# one file, as SQLite's own makefile writes it (by tclsh), and its shell. It is a program
# of the tests and of the bench; neither `make` nor `make demo` builds it.

SOURCE_PACKAGE_sqlite := sqlite3
SQLITE := $(BUILD)/src/sqlite
# SQLite's folder for what it generates.
SQLITE_MADE := $(BUILD)/obj/sqlite/made

$(SQLITE_MADE)/made: $(SQLITE)/unpacked
	$(call say,MAKE,$(@D))
	$(Q)rm -rf $(@D) && mkdir -p $(@D)
	$(Q)MAKEFLAGS= make -C $(@D) -f $(abspath $(SQLITE))/main.mk \
		TOP=$(abspath $(SQLITE)) BCC='gcc -O1 -w' \
		sqlite3.c shell.c >$(@D)/log 2>&1 || { tail $(@D)/log; exit 1; }
	$(Q)touch $@

# Debian's options, but for those that need threads or shared libraries: docs/programs.md
# says more.
SQLITE_LIKE_DEBIANS := -fno-strict-aliasing $(addprefix -DSQLITE_,SECURE_DELETE \
	ENABLE_COLUMN_METADATA ENABLE_FTS3 ENABLE_FTS3_PARENTHESIS ENABLE_FTS4 \
	ENABLE_FTS5 ENABLE_RTREE=1 SOUNDEX=1 OMIT_LOOKASIDE=1 ENABLE_DBSTAT_VTAB \
	ALLOW_ROWID_IN_VIEW ENABLE_UPDATE_DELETE_LIMIT=1 LIKE_DOESNT_MATCH_BLOBS \
	ENABLE_FTS3_TOKENIZER=1 USE_URI=1 MAX_SCHEMA_RETRY=25 ENABLE_PREUPDATE_HOOK \
	ENABLE_SESSION ENABLE_STMTVTAB MAX_VARIABLE_NUMBER=250000 \
	MAX_DEFAULT_PAGE_SIZE=32768 ENABLE_MATH_FUNCTIONS)
SQLITE_FOR_GUESTS := $(addprefix -DSQLITE_,THREADSAFE=0 OMIT_LOAD_EXTENSION \
	MAX_MMAP_SIZE=0 OMIT_POPEN)
SQLITE_OPTIONS := -O2 $(SQLITE_LIKE_DEBIANS) $(SQLITE_FOR_GUESTS) -I $(SQLITE_MADE)

SQLITE_FILES := sqlite3 shell speedtest1
SQLITE_SOURCE_sqlite3 := $(SQLITE_MADE)/sqlite3.c
SQLITE_SOURCE_shell := $(SQLITE_MADE)/shell.c
SQLITE_SOURCE_speedtest1 := $(SQLITE)/test/speedtest1.c

sqlite_cflags = $(NEWLIB_CFLAGS_$(1)) $(NEWLIB_OPTIMIZE) $(SQLITE_OPTIONS)
STAMP_slow-sqlite-x86_64 = $(CC) $(call sqlite_cflags,x86_64)
STAMP_slow-sqlite-i386 = $(CC) $(call sqlite_cflags,i386)
sqlite_objects = $(2:%=$(BUILD)/obj/sqlite/$(1)/%.o)
$(call sqlite_objects,x86_64,$(SQLITE_FILES)): private ARCH := x86_64
$(call sqlite_objects,i386,$(SQLITE_FILES)): private ARCH := i386
$(foreach arch,$(ARCHES),$(call sqlite_objects,$(arch),$(SQLITE_FILES))): \
		$(SQLITE_MADE)/made $$(BUILD)/newlib/$$(ARCH)/built \
		$$(BUILD)/stamps/slow-sqlite-$$(ARCH)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(call sqlite_cflags,$(ARCH)) -c -o $@ \
		$(SQLITE_SOURCE_$(basename $(@F)))

.PHONY: guests/sqlite
guests/sqlite: $(PROGRAMS) $(NEWLIB_PROVIDERS) $(ARCHES:%=$(BUILD)/guests/sqlite-%.elf)
SQLITE_GUESTS := $(ARCHES:%=$(BUILD)/guests/sqlite-%.elf)
SQLITE_SPEEDTESTS := $(ARCHES:%=$(BUILD)/bench/%/speedtest1.elf)
$(SQLITE_GUESTS): $(BUILD)/guests/sqlite-%.elf: $(BUILD)/newlib/%/lib/crt0.o \
	$$(call sqlite_objects,$$*,sqlite3 shell)
$(SQLITE_SPEEDTESTS): $(BUILD)/bench/%/speedtest1.elf: $(BUILD)/newlib/%/lib/crt0.o \
	$$(call sqlite_objects,$$*,sqlite3 speedtest1)
$(filter %i386.elf %i386/speedtest1.elf,$(SQLITE_GUESTS) $(SQLITE_SPEEDTESTS)): \
	private ARCH := i386
$(filter %x86_64.elf %x86_64/speedtest1.elf,$(SQLITE_GUESTS) $(SQLITE_SPEEDTESTS)): \
	private ARCH := x86_64
$(SQLITE_GUESTS) $(SQLITE_SPEEDTESTS): linkscripts/externals.ld \
		$(BUILD)/stamps/link-guests
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(M_$(ARCH)) $(GUEST_LDFLAGS) -o $@ $(filter %.o,$^) \
		$(NEWLIB_LIBS_$(ARCH))
