package shop

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/terem-go/terem/dao"
)

type Status string

func (Status) Values() []string { return []string{"draft", "sent"} }

type User struct {
	ID    int64  `db:"id,pk"`
	Email string `db:"email,unique,size:254"`
}

type Order struct {
	ID        int64              `db:"id,pk"`
	UserID    int64              `db:"user_id,index,ref:users,ondelete:cascade"`
	Number    int                `db:"number"`
	Status    Status             `db:"status,default:'draft'"`
	Total     decimal.Decimal    `db:"total,decimal:12:2,check:total >= 0"`
	Note      *string            `db:"note"`
	Tags      dao.JSON[[]string] `db:"tags"`
	Picture   []byte             `db:"picture,size:1000000"`
	DeletedAt *time.Time         `db:"deleted_at,deleted"`
	Group     int32              `db:"group"`
}

func (Order) Table(t *dao.Def) {
	t.Unique("user_id", "number")
	t.Index("status", "-number").Where("deleted_at IS NULL")
	t.Check("number", "number > 0 OR total > 0")
}

type Line struct {
	OrderID int64  `db:"order_id,pk,ref:orders"`
	Product string `db:"product,pk"`
	Pieces  uint8  `db:"pieces"`
}

var (
	users  = dao.Of[User]("users")
	orders = dao.Of[Order]("orders")
	lines  = dao.Of[Line]("lines")
)
