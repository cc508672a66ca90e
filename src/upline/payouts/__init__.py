"""What members have with the company, and how it leaves."""
