# The tests: units in C (unit/), and commands as users run them (test_*.py).

include tests/unit/rules.mk

CHECKS += check-commands
.PHONY: check-commands
check-commands: all
	BUILD=$(BUILD) $(PYTHON) -m pytest -q -p no:cacheprovider tests
