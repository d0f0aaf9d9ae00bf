"""The error tree. Each class has an exit code; each error says what happened, why, and the next command.

::

    DatacatsError                1   anything below; also the exit code of what has none of its own
    +-- UsageError               2   a word on the command line is wrong
    +-- ConfigError              3   a file of the environment cannot be used
    +-- NotFound                 4   no such environment, site, service, or image
    |   +-- UnknownVersion       4   no such CKAN version
    |   +-- NoEnvironment        4   none is named, and the current directory is in none
    +-- Conflict                 5   a name, port, subnet, or container is somebody else's
    |   +-- Busy                 6   another datacats command holds the lock
    +-- EngineError              7   the Docker Engine refused or failed
    |   +-- EngineUnreachable    8   the Docker Engine cannot be reached
    |   +-- ImageMissing         9   an image is not there and cannot be had
    |   +-- PathUnseen           7   the engine does not see a directory of this host
    |   +-- BuildFailed         10   an image build ended with an error
    |   +-- NoSuchContainer     11   a container is gone
    |   +-- NameTaken           12   the engine has an object of that name already
    |   +-- AddressTaken        13   a port or subnet is in use on the host
    |   |   +-- SubnetTaken     13   a subnet is in use on the host
    |   +-- EngineTooOld        14   the Docker Engine lacks what datacats needs
    +-- NotReady                15   a service did not become ready in time
    +-- CommandFailed           16   a command inside a container ended with an error
    +-- DiskError               17   a file or directory cannot be read or written
    |   +-- DiskFull            17   no space is left for it
    +-- Declined                18   the user did not confirm
    +-- Unhealthy               19   doctor found an error, or status something that is not well
    +-- Interrupted            130   Ctrl-C
        +-- HungUp             129   SIGHUP, as from a terminal that is closed
        +-- Terminated         143   SIGTERM, as from kill, timeout, or CI that cancels
"""

from __future__ import annotations

UPGRADE = "Upgrade datacats: pip install --upgrade datacats; in a clone: git pull && ./script/setup"
"""The way out where a newer datacats has been at work."""


class DatacatsError(Exception):
    """Something datacats knows how to explain.

    ``message`` says what happened and why, ``hint`` names the command or step that mends it, ``detail`` is
    evidence worth showing below them (the last lines of a log), ``during`` is the operation that failed. ``output`` is
    all that a failed program printed, where ``detail`` is only its end.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "", *, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = detail
        self.during = ""
        self.output = ""

    @property
    def kind(self) -> str:
        """The stable name of this error for programs: the name of its class."""
        return type(self).__name__


class UsageError(DatacatsError):
    """A word on the command line is wrong."""

    exit_code = 2


class ConfigError(DatacatsError):
    """A file of the environment cannot be used as it is."""

    exit_code = 3


class NotFound(DatacatsError):
    """No such environment, site, service, or image."""

    exit_code = 4


class UnknownVersion(NotFound):
    """No such CKAN version."""


class NoEnvironment(NotFound):
    """No environment is named, and the current directory is in none."""


class Conflict(DatacatsError):
    """A name, port, subnet, or container belongs to somebody else."""

    exit_code = 5


class Busy(Conflict):
    """Another datacats command holds the lock."""

    exit_code = 6


class EngineError(DatacatsError):
    """The Docker Engine refused or failed."""

    exit_code = 7


class EngineUnreachable(EngineError):
    """The Docker Engine cannot be reached."""

    exit_code = 8


class ImageMissing(EngineError):
    """An image is not there and cannot be had."""

    exit_code = 9


class PathUnseen(EngineError):
    """A directory that a container is to see is not there for the engine."""


class BuildFailed(EngineError):
    """An image build ended with an error."""

    exit_code = 10


class NoSuchContainer(EngineError):
    """A container or network is gone."""

    exit_code = 11


class NameTaken(EngineError):
    """The engine has a container or network of that name already."""

    exit_code = 12


class AddressTaken(EngineError):
    """A port or subnet is in use on the host."""

    exit_code = 13


class SubnetTaken(AddressTaken):
    """A subnet is in use on the host."""


class EngineTooOld(EngineError):
    """The Docker Engine lacks what datacats needs."""

    exit_code = 14


class NotReady(DatacatsError):
    """A service did not become ready in time."""

    exit_code = 15


class CommandFailed(DatacatsError):
    """A command inside a container ended with an error."""

    exit_code = 16


class DiskError(DatacatsError):
    """A file or directory cannot be read or written."""

    exit_code = 17


class DiskFull(DiskError):
    """No space, or no quota, is left to write something."""


class Declined(DatacatsError):
    """The user did not confirm."""

    exit_code = 18


class Unhealthy(DatacatsError):
    """Doctor found an error, or status something that is not well; the result of the command says the rest."""

    exit_code = 19


class Interrupted(DatacatsError):
    """The user interrupted the command."""

    exit_code = 130


class HungUp(Interrupted):
    """The terminal of the command is gone: SIGHUP."""

    exit_code = 129


class Terminated(Interrupted):
    """Another program ended the command, by SIGTERM."""

    exit_code = 143
