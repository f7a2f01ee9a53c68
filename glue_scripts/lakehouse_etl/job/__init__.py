"""What a job works with: arguments, session, AWS, storage, and how its datasets take turns."""
