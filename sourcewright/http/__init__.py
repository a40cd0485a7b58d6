"""Requests and answers: rate limits, retries, pages, errors."""
