"""A value that is not of its field's kind."""


class Misread(ValueError):
    """A value is not of its field's kind; `code` is bad_type or bad_value."""

    def __init__(self, detail: str, *, code: str = "bad_value", near: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.suggestions = near
