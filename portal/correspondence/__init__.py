"""What the portal tells a person: mails, letters, timeline."""
