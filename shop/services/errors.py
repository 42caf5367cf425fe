"""What can go wrong with the embedded servers, in words for the one who starts them."""


class ServiceError(RuntimeError):
    """An embedded server is missing, refuses to start or to stop."""
