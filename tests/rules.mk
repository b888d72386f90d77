# The tests: units in C (unit/), and commands as users run them (test_*.py).

include tests/unit/rules.mk

PYTEST := BUILD=$(BUILD) $(PYTHON) -m pytest -q -p no:cacheprovider

CHECKS += check-commands check-rtos
.PHONY: check-commands check-rtos
check-commands: all
	$(PYTEST) tests --ignore tests/test_rtos.py

# Beside the others: most of the time its guests compute, or wait for ticks.
check-rtos: all
	$(PYTEST) tests/test_rtos.py
