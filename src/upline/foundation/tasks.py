"""The jobs of the foundation; the worker finds them here."""

from upline.foundation.jobs import forget_old_jobs, retry_jobs_of_dead_workers

__all__ = ["forget_old_jobs", "retry_jobs_of_dead_workers"]
