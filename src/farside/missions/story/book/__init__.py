"""A book as a folder: its form, its values, and what does not hold in it. No model is needed here."""
