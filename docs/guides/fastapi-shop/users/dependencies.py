import jwt
from fastapi import Depends
from fastapi.security import HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession

from config import settings
from database import get_session
from exceptions import UnauthorizedError
from users.models import User

bearer = HTTPBearer()


async def current_user(token=Depends(bearer), session: AsyncSession = Depends(get_session)) -> User:
    try:
        claims = jwt.decode(token.credentials, settings.secret_key, ["HS256"])
    except jwt.InvalidTokenError:
        raise UnauthorizedError()
    user = await session.get(User, int(claims["sub"]))
    if user is None:
        raise UnauthorizedError()
    return user
