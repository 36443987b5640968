"""The foreigners' register of the State, asked over HTTP; nothing of it is kept here."""
