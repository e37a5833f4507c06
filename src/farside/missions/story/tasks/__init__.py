"""What is done to a book by a model, as steps: each reply is weighed before it is kept. Pure."""
