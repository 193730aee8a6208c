"""What a comparison gives to a write-up: LaTeX, Markdown, BibTeX and figures as PDF."""
