# Programs of other projects that only tests build, by jumpslot-cc: their sources.

SOURCE_PACKAGE_zlib := zlib
SOURCE_PACKAGE_bzip2 := bzip2
SOURCE_PACKAGE_bc := bc

TEST_FILES_programs := $(NEWLIB_CRT0) $(NEWLIB_PROVIDERS) $(SQLITE_GUESTS) \
	$(TCC_GUESTS) $(addsuffix .searched,$(SQLITE_GUESTS) $(TCC_GUESTS)) \
	$(TCC_FOLDERS) $(LUA_GUESTS) \
	$(foreach name,zlib bzip2 bc,$(BUILD)/src/$(name)/unpacked)
