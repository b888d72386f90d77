# Looks into every guest for instructions that it must not use, once a change. A guest that
# is native on purpose is none of $(GUESTS).

FIND_PRIVILEGED := gen/find-privileged $(wildcard gen/jumpslot_elf/*.py) \
	host-wrapper/common/privileged.def

%.elf.searched: %.elf $(FIND_PRIVILEGED)
	@$(PYTHON) gen/find-privileged $<
	@touch $@
