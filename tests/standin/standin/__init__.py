"""A stand-in for an institution's application: directory login, reader groups, one table."""

__version__ = "1.0.0"


def __getattr__(name: str) -> object:
    # standin:app is what gunicorn serves; created on demand, so that migrations and tests need no web stack.
    if name == "app":
        from standin.web import create_app

        return create_app()
    raise AttributeError(name)
