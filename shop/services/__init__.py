"""Embedded PostgreSQL and Redis: real servers, started and stopped by the project."""
