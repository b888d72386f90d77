# find-privileged looks into every guest for instructions that the host forbids, once per
# change of the guest or of the tool.

FIND_PRIVILEGED := gen/find-privileged $(wildcard gen/jumpslot_elf/*.py) \
	host-wrapper/common/privileged.def

%.elf.searched: %.elf $(FIND_PRIVILEGED)
	$(call say,SEARCH,$<)
	$(Q)$(PYTHON) gen/find-privileged $< >$@.log || { cat $@.log; exit 1; }
	$(Q)rm $@.log; touch $@
