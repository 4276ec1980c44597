from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from exceptions import NotFoundError
from orders.models import Order


class OrderRepository:
    def __init__(self, session: AsyncSession):
        self.session = session

    async def get(self, order_id: int, user_id: int) -> Order:
        order = await self.session.scalar(select(Order).where(Order.id == order_id, Order.user_id == user_id))
        if order is None:
            raise NotFoundError()
        return order

    async def list(self, user_id: int, offset: int, limit: int) -> list[Order]:
        rows = select(Order).where(Order.user_id == user_id).order_by(Order.id).offset(offset).limit(limit)
        return list(await self.session.scalars(rows))
