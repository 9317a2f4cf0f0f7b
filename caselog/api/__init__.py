"""The same services in REST: shape in and out, nothing else."""
