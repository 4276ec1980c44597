from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from orders.models import Status


class OrderCreate(BaseModel):
    title: str = Field(max_length=200)
    total: Decimal
    status: Status = Status.NEW


class OrderUpdate(BaseModel):
    title: str | None = Field(None, max_length=200)
    total: Decimal | None = None
    status: Status | None = None


class OrderRead(OrderCreate):
    model_config = ConfigDict(from_attributes=True)

    id: int
