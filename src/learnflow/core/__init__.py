"""What every room needs and no room owns: no word of teaching or judging appears here."""
