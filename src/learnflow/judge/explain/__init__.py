"""What a student is told: how a program ended, its error on its own line, the difference between two values."""
