"""What a machine needs around the portal: database, files, mail, card maker; without Django."""
