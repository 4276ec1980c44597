from fastapi import APIRouter, Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession

from database import get_session
from orders.models import Order
from orders.repository import OrderRepository
from orders.schemas import OrderCreate, OrderRead, OrderUpdate
from users.dependencies import current_user
from users.models import User

router = APIRouter(prefix="/orders", tags=["orders"])


@router.post("", status_code=201, response_model=OrderRead)
async def create(data: OrderCreate, user: User = Depends(current_user), session: AsyncSession = Depends(get_session)):
    order = Order(**data.model_dump(), user_id=user.id)
    session.add(order)
    await session.flush()
    return order


@router.get("", response_model=list[OrderRead])
async def list_orders(offset: int = Query(0, ge=0), limit: int = Query(20, le=100),
                      user: User = Depends(current_user), session: AsyncSession = Depends(get_session)):
    return await OrderRepository(session).list(user.id, offset, limit)


@router.get("/{order_id}", response_model=OrderRead)
async def get(order_id: int, user: User = Depends(current_user), session: AsyncSession = Depends(get_session)):
    return await OrderRepository(session).get(order_id, user.id)


@router.patch("/{order_id}", response_model=OrderRead)
async def update(order_id: int, data: OrderUpdate, user: User = Depends(current_user), session: AsyncSession = Depends(get_session)):
    order = await OrderRepository(session).get(order_id, user.id)
    for name, value in data.model_dump(exclude_unset=True).items():
        setattr(order, name, value)
    await session.flush()
    return order


@router.delete("/{order_id}", status_code=204)
async def delete(order_id: int, user: User = Depends(current_user), session: AsyncSession = Depends(get_session)):
    await session.delete(await OrderRepository(session).get(order_id, user.id))
