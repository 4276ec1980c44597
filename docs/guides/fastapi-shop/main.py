from contextlib import asynccontextmanager

from fastapi import FastAPI

import orders.router
import users.router
from database import Base, engine


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)  # Alembic in real life
    yield


app = FastAPI(lifespan=lifespan)
app.include_router(users.router.router)
app.include_router(orders.router.router)
