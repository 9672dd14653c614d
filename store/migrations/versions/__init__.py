"""One file a revision: number, what it does. Never edited once released; a change is a new file."""
