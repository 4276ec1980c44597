from argon2.exceptions import VerifyMismatchError
from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from database import get_session
from exceptions import UnauthorizedError
from users.auth import create_token, hasher
from users.models import User
from users.repository import UserRepository
from users.schemas import LogIn, UserCreate, UserRead

router = APIRouter(tags=["users"])


@router.post("/users", status_code=201, response_model=UserRead)
async def register(data: UserCreate, session: AsyncSession = Depends(get_session)):
    user = User(email=data.email.lower(), name=data.name, password_hash=hasher.hash(data.password))
    return await UserRepository(session).create(user)


@router.post("/auth/login")
async def log_in(data: LogIn, session: AsyncSession = Depends(get_session)):
    user = await UserRepository(session).by_email(data.email)
    try:
        if user is None or not hasher.verify(user.password_hash, data.password):
            raise UnauthorizedError()
    except VerifyMismatchError:
        raise UnauthorizedError()
    return {"access_token": create_token(user.id), "token_type": "bearer"}
