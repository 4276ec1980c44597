from datetime import UTC, datetime, timedelta

import jwt
from argon2 import PasswordHasher

from config import settings

hasher = PasswordHasher()


def create_token(user_id: int) -> str:
    expires = datetime.now(UTC) + timedelta(minutes=settings.token_minutes)
    return jwt.encode({"sub": str(user_id), "exp": expires}, settings.secret_key, "HS256")
