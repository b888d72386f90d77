"""The modules of the commands in gen/: one idea each, named after it."""
