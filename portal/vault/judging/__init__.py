"""What a file is worth: it is opened, cleaned and drawn by processes that may do little else."""
