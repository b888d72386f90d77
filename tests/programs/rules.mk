# The programs that these tests run.

TEST_FILES_programs := $(NEWLIB_CRT0) $(NEWLIB_PROVIDERS) $(SQLITE_GUESTS) \
	$(addsuffix .searched,$(SQLITE_GUESTS))
