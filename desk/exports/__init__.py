"""What leaves the desk as a file: CSV and workbooks with their definitions and the filters used.

Here: how rows are written so that a spreadsheet reads them right and runs none of them. Not here: queries, pages.
Start reading at cells.py, then csv.py.
"""
