# A line for each file that is made and each test run; V=1 shows the commands instead.

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
# $(1): what is done, as a short word; $(2): to what.
say = @printf '  %-9s%s\n' '$(1)' '$(2:$(BUILD)/%=%)'
endif

# Runs a test's command. Its output goes to a log, of which the last line is shown, and a
# line about what did not run; all of it if the command fails. $(1): name of the log;
# $(2): command.
logged = mkdir -p $(BUILD)/logs; if $(2) >$(BUILD)/logs/$(1).log 2>&1; \
	then printf '  %-9s%s: %s\n' PASS '$(1)' "$$(tail -n 1 $(BUILD)/logs/$(1).log)"; \
		sed -n 's/^NOT RUN/  NOT RUN /p' $(BUILD)/logs/$(1).log; \
	else cat $(BUILD)/logs/$(1).log; printf '  %-9s%s\n' FAIL '$(1)'; exit 1; fi
