# The programs that these tests run.

TEST_FILES_programs := $(NEWLIB_CRT0) $(NEWLIB_PROVIDERS) $(SQLITE_GUESTS) \
	$(TCC_GUESTS) $(addsuffix .searched,$(SQLITE_GUESTS) $(TCC_GUESTS)) \
	$(TCC_FOLDERS) $(LUA_GUESTS)
