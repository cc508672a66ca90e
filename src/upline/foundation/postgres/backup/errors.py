"""What stands in the way of a backup or of its restoration, and what to do about it."""

from upline.foundation.postgres.errors import PostgresRefused


class BackupRefused(PostgresRefused):
    """A backup cannot be made, read or restored as asked; what was there stays as it was."""

    code = "backup.refused"


class ArchivingOff(BackupRefused):
    """The server was started by an older program, which kept no log for backups."""

    code = "backup.archiving_off"
    text = "The server of %(path)s runs without archiving its log."
    remedy = "Start it anew: 'upline database stop', then 'upline database start'."


class ArchiveFails(BackupRefused):
    """The server cannot write its log into the archive."""

    code = "backup.archive_fails"
    text = "The log of the server does not reach %(archive)s (%(segment)s is missing)."
    remedy = (
        "Look whether there is space and whether the server's user may write there; the log of the "
        "server is %(log)s. Until it is mended the server keeps its log and the disk fills."
    )


class NoBackup(BackupRefused):
    """There is no backup that could lead to the moment."""

    code = "backup.none"
    text = "%(folder)s holds no backup %(which)s."
    remedy = "List what there is: 'upline backup list'. Make one: 'upline backup make'."


class NoSpace(BackupRefused):
    """A backup, or what is restored from it, does not fit."""

    code = "backup.no_space"
    text = "%(path)s has %(free_megabytes)s MB free, and %(needed_megabytes)s MB are needed."
    remedy = "Free some space, or name a folder on another disk."


class OtherVersion(BackupRefused):
    """The backup is of a major version whose programs are not here."""

    code = "backup.other_version"
    text = "The backup %(label)s is of PostgreSQL %(found)s; here is %(version)s."
    remedy = (
        "Restore it with the programs of version %(found)s (Debian: package postgresql-%(found)s), "
        "then 'upline database upgrade'."
    )


class Damaged(BackupRefused):
    """A backup is not what was written."""

    code = "backup.damaged"
    text = "The backup %(label)s is not what was written: %(said)s."
    remedy = "Restore from another one, and look at the disk."


class LogMissing(BackupRefused):
    """The log that leads from the backup to the moment has a gap, or ends before."""

    code = "backup.log_missing"
    text = "From the backup %(label)s the moment %(moment)s cannot be reached: %(said)s."
    remedy = "Choose an earlier moment or a later backup: 'upline backup list' names them."


class ServerRuns(BackupRefused):
    """Data are not replaced under a server that runs."""

    code = "backup.server_runs"
    text = "The server of %(path)s runs (process %(pid)s)."
    remedy = "Stop it first: 'upline database stop'. Its data are set aside, not removed."


class ProgramFailed(BackupRefused):
    """A program of PostgreSQL ended with an error."""

    code = "backup.program_failed"
    text = "%(program)s ended with code %(exit_code)s: %(said)s."
    remedy = "Nothing was replaced; mend what it says, and repeat."


class MomentMalformed(BackupRefused):
    """A moment was written so that it could mean several."""

    code = "backup.moment_malformed"
    text = "'%(given)s' names no moment."
    remedy = "Write day, time and zone, as 2026-11-30T14:05:00+00:00."
