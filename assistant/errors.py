"""Exceptions, one root. Messages are Chinese, shown to users as they are, and say what to do.

AssistantError
├── ConfigError          a setting is unknown or unusable
├── BadQuestionError     the question cannot be taken (empty, too long, bad region)
├── DocumentError        a file or a document cannot be taken
├── NotFoundError        no such document
├── CatalogueError       the catalogue (文件库) is damaged or of another version
├── IndexUnusableError   the published index is missing, damaged or of another encoder
├── HomeLockedError      another process is writing to the same home
├── BusyError            the server cannot take the question now
│   └── TooManyQuestionsError   this asker has used up the minute's share
├── LoginError           a name, password or session is not good
├── EncoderError         an encoder folder cannot be used
└── ModelError           the configured language model did not give a usable reply
"""


class AssistantError(Exception):
    """Root of the project's exceptions."""


class ConfigError(AssistantError):
    """A setting is unknown or unusable."""


class BadQuestionError(AssistantError):
    """The question cannot be taken: empty, too long, unknown region."""


class DocumentError(AssistantError):
    """A file or document cannot be taken; the catalogue is unchanged."""


class NotFoundError(AssistantError):
    """No document has this id."""


class CatalogueError(AssistantError):
    """The catalogue is damaged, or written by a newer version."""


class IndexUnusableError(AssistantError):
    """The published generation is missing, damaged, or made by another encoder."""


class HomeLockedError(AssistantError):
    """Another process holds the home folder's writer lock."""


class BusyError(AssistantError):
    """The server cannot take the question now; asking again after `retry_after_s` seconds may work."""

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        """Keep the message for the asker and the wait for the client."""
        super().__init__(message)
        self.retry_after_s = retry_after_s


class TooManyQuestionsError(BusyError):
    """One asker sent more questions than allowed in a minute."""


class LoginError(AssistantError):
    """A name, password or session is not good, or the account is locked for a while."""


class EncoderError(AssistantError):
    """An encoder folder is missing, damaged, or needs the network."""


class ModelError(AssistantError):
    """The configured language model failed or replied with something unusable."""
