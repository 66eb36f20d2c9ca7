"""Zero-config discovery: how to drive somebody's file, found out by running it and watching."""
