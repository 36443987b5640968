"""The portal: where a foreigner asks for a residence permit, and is received."""
