# `make deps`, alone or before other goals: installs packages, and then makes the other
# goals by another make, which finds them installed and may run in parallel.

OTHER_GOALS := $(filter-out deps,$(MAKECMDGOALS))
PACKAGE_SETS := build $(if $(filter check% test bench,$(OTHER_GOALS)),test)

.PHONY: deps $(OTHER_GOALS)
deps:
	@./install-packages $(PACKAGE_SETS)

ifneq ($(OTHER_GOALS),)
$(firstword $(OTHER_GOALS)): deps
	@$(MAKE) --no-print-directory $(OTHER_GOALS)
$(wordlist 2,$(words $(OTHER_GOALS)),$(OTHER_GOALS)): $(firstword $(OTHER_GOALS))
	@:
endif
