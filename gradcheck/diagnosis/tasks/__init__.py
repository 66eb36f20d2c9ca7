"""What runs inside the workers: whole experiments and whole searches, with plain data in and out."""
