"""Speed and size against the bars; run by ``make bench``, never by a test."""
