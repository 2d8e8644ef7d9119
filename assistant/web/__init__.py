"""The web page and the HTTP interface. Start at `app.py`."""
