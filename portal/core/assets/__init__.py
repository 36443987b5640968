"""The style sheet's workshop: chosen design kit parts and our brand become one bundle."""
