// --fill users.age:0

package shop

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/terem-go/terem/dao"
)

var _ time.Time
var _ decimal.Decimal

type User struct {
	ID    int64  `db:"id,pk"`
	Email string `db:"email,unique,size:254"`
	Name  string `db:"name"`
	Age   int32  `db:"age,index,check:age >= 0"`
}

type Order struct {
	ID     int64           `db:"id,pk"`
	UserID int64           `db:"user_id,ref:users,ondelete:cascade"`
	Code   string          `db:"code,size:10,unique"`
	Total  decimal.Decimal `db:"total,decimal:12:2"`
	At     time.Time       `db:"at"`
}

var (
	users  = dao.Of[User]("users")
	orders = dao.Of[Order]("orders")
)
