"""A book as one file for readers: Markdown, EPUB, DOCX. The standard library is enough for all three."""
