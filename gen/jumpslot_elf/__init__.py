"""What gen-func-list is made of. Needs Python 3 and pyelftools, nothing else."""
