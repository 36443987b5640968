"""Files that arrive in pieces: resumable uploads by the tus 1.0 protocol, staged, then whole."""
