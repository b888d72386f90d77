# The tests: units in C (unit/), and commands as users run them (a folder for each subject).

include tests/unit/rules.mk

PYTEST := BUILD=$(BUILD) $(PYTHON) -m pytest -q -p no:cacheprovider

# By subject, a folder each, so that make -j runs them side by side.
SUBJECTS := abi bench calls docs faults gen interrupts launcher lua rtos
PYTEST_CHECKS := $(SUBJECTS:%=check-%)
CHECKS += $(PYTEST_CHECKS)
.PHONY: $(PYTEST_CHECKS)
$(PYTEST_CHECKS): check-%: all
	$(PYTEST) tests/$*

# Comments, messages and documentation, and the tests of that check itself.
.PHONY: check-language
check-language:
	$(PYTHON) tests/language/check_language.py
	$(PYTEST) tests/language
