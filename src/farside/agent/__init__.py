"""The run: journal -> fold -> decide -> project -> reply or tools -> journal."""
