"""What the commands of gen/ are made of. Needs Python 3 and pyelftools, and
find-privileged capstone; nothing else."""
