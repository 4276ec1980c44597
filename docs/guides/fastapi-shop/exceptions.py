from fastapi import HTTPException


class NotFoundError(HTTPException):
    def __init__(self):
        super().__init__(404, "Not found")


class UnauthorizedError(HTTPException):
    def __init__(self):
        super().__init__(401, "Log in first")


class EmailTakenError(HTTPException):
    def __init__(self):
        super().__init__(409, "The address is taken")
