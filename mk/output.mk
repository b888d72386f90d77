# A line for each file that is made; V=1 shows the commands instead.

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
# $(1): what is done, as a short word; $(2): to what.
say = @printf '  %-8s%s\n' '$(1)' '$(2:$(BUILD)/%=%)'
endif
