# The tests: units in C (unit/), and commands as users run them (test_*.py).

include tests/unit/rules.mk

PYTEST := BUILD=$(BUILD) $(PYTHON) -m pytest -q -p no:cacheprovider

# By subject, so that make -j runs them side by side; what is named nowhere is a command.
TESTS_gen := $(wildcard tests/test_gen_*.py tests/test_find_*.py)
TESTS_interrupts := $(wildcard tests/test_interrupt*.py tests/test_lines.py)
TESTS_rtos := $(wildcard tests/test_rtos*.py tests/test_porting_page.py)
TESTS_commands := $(filter-out $(TESTS_gen) $(TESTS_interrupts) $(TESTS_rtos),\
	$(wildcard tests/test_*.py))

PYTEST_CHECKS := check-commands check-interrupts check-gen check-rtos
CHECKS += $(PYTEST_CHECKS)
.PHONY: $(PYTEST_CHECKS)
$(PYTEST_CHECKS): check-%: all
	$(PYTEST) $(TESTS_$*)
