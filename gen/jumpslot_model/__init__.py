"""Models of partitions: read from TOML, checked, and compiled for host-wrapper."""
